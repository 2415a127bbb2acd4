package dev.tiphys.client.controller;

/** Where queues count what they do; a daemon connects it to its metrics. Thread-safe and quick. */
public interface Telemetry {

  /** Counts nothing. */
  Telemetry NONE =
      new Telemetry() {
        @Override
        public void count(String metric, String name, double amount) {}

        @Override
        public void gauge(String metric, String name, double value) {}

        @Override
        public void observe(String metric, String name, double seconds) {}
      };

  /**
   * Adds to a counter.
   *
   * @param metric upstream's name, as {@code workqueue_adds_total}
   * @param name the label {@code name}: which queue
   */
  void count(String metric, String name, double amount);

  /** Sets a gauge. */
  void gauge(String metric, String name, double value);

  /** Adds to a histogram of seconds. */
  void observe(String metric, String name, double seconds);
}
