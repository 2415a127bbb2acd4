package dev.tiphys.kubelet.runtime;

import static java.lang.Math.clamp;
import static java.lang.Math.max;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.value.Quantity;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a pod as a whole may use, in the kernel's units. Zero means no limit.
 *
 * @param cpuShares weight against others, from 2 to 262144; 1024 a core
 * @param cpuQuotaMicros CPU time in each {@link #CPU_PERIOD_MICROS}
 * @param memoryBytes memory at most
 */
record PodResources(long cpuShares, long cpuQuotaMicros, long memoryBytes) {
  static final long CPU_PERIOD_MICROS = 100_000;
  private static final long MIN_SHARES = 2;
  private static final long MAX_SHARES = 262_144;
  private static final long SHARES_PER_CORE = 1024;
  private static final long MIN_QUOTA_MICROS = 1000;
  private static final long MILLIS = 1000;

  static PodResources of(Pod pod) {
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    long shares = sharesOf(effective(spec, r -> milli(r.requests(), "cpu", r.limits())).orZero());
    return new PodResources(
        shares,
        quotaOf(effective(spec, r -> milli(r.limits(), "cpu", Map.of())).orZeroIfAnyMissing()),
        effective(spec, r -> bytes(r.limits())).orZeroIfAnyMissing());
  }

  /** A pod's amount: what runs at once summed up, or what an init container wants, if more. */
  private record Effective(long sum, long largestInit, boolean anyMissing) {
    long orZero() {
      return max(sum, largestInit);
    }

    long orZeroIfAnyMissing() {
      return anyMissing ? 0 : max(sum, largestInit);
    }
  }

  private static Effective effective(PodSpec spec, Function<ResourceRequirements, Long> amount) {
    if (spec.resources() != null && amount.apply(spec.resources()) > 0) {
      return new Effective(amount.apply(spec.resources()), 0, false);
    }
    List<Container> sidecars =
        spec.initContainers().stream().filter(c -> "Always".equals(c.restartPolicy())).toList();
    long sum =
        Stream.concat(spec.containers().stream(), sidecars.stream())
            .mapToLong(c -> amount.apply(QosClass.resources(c)))
            .sum();
    long largestInit =
        spec.initContainers().stream()
            .mapToLong(c -> amount.apply(QosClass.resources(c)))
            .max()
            .orElse(0);
    boolean anyMissing =
        Stream.concat(spec.containers().stream(), spec.initContainers().stream())
            .anyMatch(c -> amount.apply(QosClass.resources(c)) == 0);
    return new Effective(sum, largestInit, anyMissing);
  }

  /** Shares for so many thousandths of a core. */
  static long sharesOf(long milliCores) {
    return clamp(milliCores * SHARES_PER_CORE / MILLIS, MIN_SHARES, MAX_SHARES);
  }

  /** Quota for so many thousandths of a core; 0 for none. */
  static long quotaOf(long milliCores) {
    return milliCores == 0 ? 0 : max(milliCores * CPU_PERIOD_MICROS / MILLIS, MIN_QUOTA_MICROS);
  }

  static long milli(Map<String, Quantity> amounts, String name, Map<String, Quantity> otherwise) {
    Quantity amount = amounts.getOrDefault(name, otherwise.getOrDefault(name, Quantity.ZERO));
    return amount.milliValue();
  }

  private static long bytes(Map<String, Quantity> limits) {
    return limits.getOrDefault("memory", Quantity.ZERO).value();
  }

  /** Files of cgroup v1 and what to write into them, in an order that the kernel takes. */
  Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    files.put("cpu.shares", Long.toString(cpuShares));
    if (cpuQuotaMicros > 0) {
      files.put("cpu.cfs_period_us", Long.toString(CPU_PERIOD_MICROS));
      files.put("cpu.cfs_quota_us", Long.toString(cpuQuotaMicros));
    }
    if (memoryBytes > 0) {
      files.put("memory.limit_in_bytes", Long.toString(memoryBytes));
    }
    return files;
  }

  /** Files of cgroup v2 and what to write into them. */
  Map<String, String> unifiedFiles() {
    Map<String, String> files = new TreeMap<>();
    // The same mapping of [2, 262144] to [1, 10000] that runtimes use.
    files.put("cpu.weight", Long.toString(1 + (cpuShares - 2) * 9999 / 262_142));
    if (cpuQuotaMicros > 0) {
      files.put("cpu.max", cpuQuotaMicros + " " + CPU_PERIOD_MICROS);
    }
    if (memoryBytes > 0) {
      files.put("memory.max", Long.toString(memoryBytes));
    }
    return files;
  }
}
