package dev.tiphys.simulation;

import java.time.Duration;

/**
 * What goes wrong between clients and a {@link SimulatedCluster}. Only tasks are hit; the test's
 * own thread has a perfect connection.
 *
 * @param latency the longest delay of a call, each way, and of a watch event
 * @param refused how often a call fails without effect, 0 to 1
 * @param lost how often a call has its effect and its answer is lost, 0 to 1
 * @param broken how often a watch ends before an event, 0 to 1
 */
public record Faults(Duration latency, double refused, double lost, double broken) {

  /** Instant and reliable. */
  public static final Faults NONE = new Faults(Duration.ZERO, 0, 0, 0);

  /** A slow network that works: calls take up to 20 ms each way. */
  public static final Faults SLOW = new Faults(Duration.ofMillis(20), 0, 0, 0);

  /** A bad day: slow, and one call in twenty fails one way or the other. */
  public static final Faults FLAKY = new Faults(Duration.ofMillis(50), 0.03, 0.02, 0.02);
}
