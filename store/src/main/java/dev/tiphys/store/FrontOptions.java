package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.options.DurationConverter;
import dev.tiphys.store.grpc.ServerSettings;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Flags that say what clients may do to a connection. */
final class FrontOptions {
  @Option(
      names = "--max-concurrent-streams",
      description = "Calls that one connection may have open at a time. Default: ${DEFAULT-VALUE}.")
  long maxConcurrentStreams = Limits.STREAMS_PER_CONNECTION;

  @Option(
      names = "--grpc-keepalive-min-time",
      defaultValue = "5s",
      converter = DurationConverter.class,
      description =
          "How often a client may ping; one that does it more often is disconnected. Default:"
              + " ${DEFAULT-VALUE}.")
  Duration minTime = Duration.ofSeconds(5);

  @Option(
      names = "--grpc-keepalive-interval",
      defaultValue = "2h",
      converter = DurationConverter.class,
      description =
          "After so much silence a client is pinged; 0: never. Default: ${DEFAULT-VALUE}.")
  Duration interval = Duration.ofHours(2);

  @Option(
      names = "--grpc-keepalive-timeout",
      defaultValue = "20s",
      converter = DurationConverter.class,
      description =
          "How long a pinged client may take to answer before it is disconnected; 0: no pings."
              + " Default: ${DEFAULT-VALUE}.")
  Duration timeout = Duration.ofSeconds(20);

  /**
   * What they say.
   *
   * @param streams calls on one connection
   * @param minTime between two pings of a client
   * @param interval of silence before a client is pinged; zero: never
   * @param timeout for its answer
   */
  record Front(int streams, Duration minTime, Duration interval, Duration timeout) {
    /** The same with the longest message that is taken. */
    ServerSettings grpc(int messageBytes) {
      return new ServerSettings(streams, messageBytes, minTime, interval, timeout);
    }
  }

  /**
   * Checks the flags.
   *
   * @throws ConfigException naming the flag
   */
  Front front() {
    if (maxConcurrentStreams <= 0) {
      throw ConfigException.flag(
          "--max-concurrent-streams", "must be positive, not " + maxConcurrentStreams);
    }
    notNegative("--grpc-keepalive-min-time", minTime);
    notNegative("--grpc-keepalive-interval", interval);
    notNegative("--grpc-keepalive-timeout", timeout);
    // As etcd has it, none of the two means no pings.
    boolean pings = !interval.isZero() && !timeout.isZero();
    return new Front(
        (int) Math.min(maxConcurrentStreams, Integer.MAX_VALUE),
        minTime,
        pings ? interval : Duration.ZERO,
        timeout);
  }

  private static void notNegative(String flag, Duration value) {
    if (value.isNegative()) {
      throw ConfigException.flag(flag, "must not be negative");
    }
  }
}
