/**
 * The Common Expression Language as Kubernetes speaks it: its libraries, its types made of schemas,
 * and values made of trees. Only classes in here touch CEL's own, and nobody touches these before
 * there is an expression, for the library costs memory and time to load.
 */
@NullMarked
package dev.tiphys.apiserver.cel;

import org.jspecify.annotations.NullMarked;
