package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.options.DurationConverter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** Flags that say when members look whether they still hold the same. */
final class CheckOptions {
  private static final String INITIAL = "InitialCorruptCheck";
  private static final String COMPACT = "CompactHashCheck";

  /** The gates of etcd 3.6 that mean nothing here. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "AllAlpha",
          "AllBeta",
          "LeaseCheckpoint",
          "LeaseCheckpointPersist",
          "SetMemberLocalAddr",
          "StopGRPCServiceOnDefrag",
          "TxnModeWriteWithSharedBuffer");

  @Option(
      names = {"--experimental-initial-corrupt-check", "--initial-corrupt-check"},
      arity = "0..1",
      fallbackValue = "true",
      description = "Do not start when the others hold something else than this member.")
  boolean initial;

  @Option(
      names = {"--experimental-corrupt-check-time", "--corrupt-check-time"},
      defaultValue = "0s",
      converter = DurationConverter.class,
      description =
          "How often the leader compares what all members hold, which has each read its log; 0:"
              + " never. Default: ${DEFAULT-VALUE}.")
  Duration every = Duration.ZERO;

  @Option(
      names = {"--experimental-compact-hash-check-enabled", "--compact-hash-check-enabled"},
      arity = "0..1",
      fallbackValue = "true",
      description = "After each compaction, the leader compares what members held at it.")
  boolean compact;

  @Option(
      names = {"--experimental-compact-hash-check-time", "--compact-hash-check-time"},
      defaultValue = "1m",
      converter = DurationConverter.class,
      description = "How often it looks for a compaction. Default: ${DEFAULT-VALUE}.")
  Duration compactEvery = Duration.ofMinutes(1);

  @Option(
      names = "--feature-gates",
      description =
          "As of etcd 3.6: " + INITIAL + "=true and " + COMPACT + "=true are the flags above.")
  @Nullable String featureGates;

  /**
   * What they say.
   *
   * @param initial whether this member compares itself before it takes part
   * @param every how often it compares all that there is, as the leader; empty: never
   * @param compacted how often it looks for a compaction to compare, as the leader; empty: never
   */
  record Checks(boolean initial, Optional<Duration> every, Optional<Duration> compacted) {}

  /**
   * Checks the flags.
   *
   * @throws ConfigException naming the flag
   */
  Checks checks() {
    if (every.isNegative()) {
      throw ConfigException.flag("--experimental-corrupt-check-time", "must not be negative");
    }
    if (compactEvery.isNegative() || compactEvery.isZero()) {
      throw ConfigException.flag("--experimental-compact-hash-check-time", "must be positive");
    }
    var gates = gates();
    return new Checks(
        gates.getOrDefault(INITIAL, initial),
        every.isZero() ? Optional.empty() : Optional.of(every),
        gates.getOrDefault(COMPACT, compact) ? Optional.of(compactEvery) : Optional.empty());
  }

  private Map<String, Boolean> gates() {
    if (featureGates == null || featureGates.isBlank()) {
      return Map.of();
    }
    return List.of(featureGates.split(",")).stream()
        .map(String::strip)
        .collect(
            Collectors.toMap(
                text -> text.substring(0, Math.max(0, text.indexOf('='))),
                CheckOptions::isOn,
                (_, last) -> last));
  }

  private static boolean isOn(String text) {
    var gate = text.substring(0, Math.max(0, text.indexOf('=')));
    var value = text.substring(text.indexOf('=') + 1);
    if (!value.equals("true") && !value.equals("false")) {
      throw ConfigException.flag(
          "--feature-gates", "must list NAME=true or NAME=false, not \"" + text + "\"");
    }
    if (WITHOUT_EFFECT.contains(gate)) {
      LoggerFactory.getLogger("tiphys-store")
          .warn("feature gate without effect here gate={}", gate);
    } else if (!gate.equals(INITIAL) && !gate.equals(COMPACT)) {
      throw ConfigException.flag("--feature-gates", "knows no gate \"" + gate + "\"");
    }
    return value.equals("true");
  }
}
