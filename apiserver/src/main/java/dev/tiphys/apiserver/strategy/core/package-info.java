/** The rules of the core group's kinds: one strategy a kind, with its validation beside it. */
@NullMarked
package dev.tiphys.apiserver.strategy.core;

import org.jspecify.annotations.NullMarked;
