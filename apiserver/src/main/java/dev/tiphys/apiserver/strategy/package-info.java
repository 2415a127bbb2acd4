/**
 * The rules of each kind, one {@link dev.tiphys.apiserver.strategy.Strategy} a kind, in a package a
 * group below this one: defaults that the schema cannot state, validation, what an update may
 * change, which addresses to allocate. Called by the verbs of {@code
 * dev.tiphys.apiserver.resource}. Nothing here knows HTTP or the store; what a rule must see of
 * other objects comes through {@link dev.tiphys.apiserver.strategy.ClusterView}.
 */
@NullMarked
package dev.tiphys.apiserver.strategy;

import org.jspecify.annotations.NullMarked;
