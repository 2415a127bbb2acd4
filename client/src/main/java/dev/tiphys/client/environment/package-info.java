/**
 * Time, chance and concurrency, as values that are handed in. Daemons use {@link
 * dev.tiphys.client.environment.VirtualThreads}; tests and the simulator use an environment with a
 * clock of its own, a seed, and one task running at a time. Logic that takes all three from an
 * {@link dev.tiphys.client.environment.Environment} runs the same in both.
 */
@NullMarked
package dev.tiphys.client.environment;

import org.jspecify.annotations.NullMarked;
