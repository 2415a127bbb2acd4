/** The rules of kinds in {@code scheduling.k8s.io} and of runtime classes. */
@NullMarked
package dev.tiphys.apiserver.strategy.scheduling;

import org.jspecify.annotations.NullMarked;
