/**
 * Which nodes can take a pod. A filter looks at one pod and one node and says yes, or why not, in
 * the words that {@code kubectl describe pod} has always shown. Pure functions.
 */
@NullMarked
package dev.tiphys.scheduler.filter;

import org.jspecify.annotations.NullMarked;
