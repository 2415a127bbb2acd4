package dev.tiphys.daemon;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A daemon's metrics in the Prometheus text format. Parts register theirs with {@link #registry()};
 * every daemon has the {@code process_*} family. Thread-safe.
 */
public final class Metrics {

  private static final Path STATM = Path.of("/proc/self/statm");
  private static final Path STAT = Path.of("/proc/self/stat");
  private static final int PAGE_BYTES = 4096;
  private static final double CLOCK_TICKS_PER_SECOND = 100;
  private static final int STAT_USER_TIME_AFTER_NAME = 11;

  private final PrometheusRegistry registry = new PrometheusRegistry();

  /** Registers the metrics of the process. */
  public Metrics() {
    long startMillis = ManagementFactory.getRuntimeMXBean().getStartTime();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    gauge(
        "process_resident_memory_bytes", "Resident memory of the process.", Metrics::residentBytes);
    gauge("process_cpu_seconds", "User and system CPU time spent.", Metrics::cpuSeconds);
    gauge(
        "process_start_time_seconds", "Start of the process, Unix time.", () -> startMillis / 1e3);
    gauge("jvm_threads", "Live platform threads.", threads::getThreadCount);
  }

  /** A reading taken when the metrics are scraped. */
  @FunctionalInterface
  public interface Reading {
    /** The value now; NaN if it cannot be read. */
    double now();
  }

  /** Registers a gauge whose value is read when scraped. */
  public void gauge(String name, String help, Reading reading) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(reading.now()))
        .register(registry);
  }

  /** Where parts register their counters, gauges and histograms. */
  public PrometheusRegistry registry() {
    return registry;
  }

  /** The body of {@code /metrics}. */
  public byte[] toText() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(out, registry.scrape());
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  private static double residentBytes() {
    try {
      return Double.parseDouble(Files.readString(STATM).split(" ")[1]) * PAGE_BYTES;
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  private static double cpuSeconds() {
    try {
      String stat = Files.readString(STAT);
      // The name in parentheses may hold spaces, so fields are counted after it.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return (Double.parseDouble(fields[STAT_USER_TIME_AFTER_NAME])
              + Double.parseDouble(fields[STAT_USER_TIME_AFTER_NAME + 1]))
          / CLOCK_TICKS_PER_SECOND;
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
