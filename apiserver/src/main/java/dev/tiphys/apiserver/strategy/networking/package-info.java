/** The rules of kinds in {@code networking.k8s.io}. */
@NullMarked
package dev.tiphys.apiserver.strategy.networking;

import org.jspecify.annotations.NullMarked;
