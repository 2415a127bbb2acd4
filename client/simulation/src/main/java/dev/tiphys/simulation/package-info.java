/**
 * A cluster without time, network or luck, for tests: {@link
 * dev.tiphys.simulation.SimulatedEnvironment} runs tasks one at a time on a clock that jumps,
 * {@link dev.tiphys.simulation.SimulatedCluster} keeps the API's contract in memory and fails on
 * demand. What happens depends on the seed alone, so a failing seed replays exactly.
 *
 * <p>Other modules use it in test scope only.
 */
@NullMarked
package dev.tiphys.simulation;

import org.jspecify.annotations.NullMarked;
