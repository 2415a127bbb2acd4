/** The rules of events as {@code events.k8s.io} has them. */
@NullMarked
package dev.tiphys.apiserver.strategy.events;

import org.jspecify.annotations.NullMarked;
