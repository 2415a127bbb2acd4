package dev.tiphys.kubelet.runtime;

import static java.util.Objects.requireNonNull;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;

/** What a pod calls itself. Pure functions. */
final class PodHostname {
  // Linux allows 64 bytes for a host name, DNS 63 for a label.
  private static final int MAX_LABEL = 63;

  private PodHostname() {}

  /** The pod's host name, one label. */
  static String label(Pod pod) {
    PodSpec spec = requireNonNull(pod.spec());
    if (isSet(spec.hostnameOverride())) {
      return requireNonNull(spec.hostnameOverride());
    }
    String name =
        isSet(spec.hostname())
            ? requireNonNull(spec.hostname())
            : requireNonNull(pod.metadata().name());
    if (name.length() <= MAX_LABEL) {
      return name;
    }
    return name.substring(0, MAX_LABEL).replaceAll("[-.]+$", "");
  }

  /** The domain that a headless service gives it; empty for a pod without a subdomain. */
  static String domain(Pod pod, String clusterDomain) {
    PodSpec spec = requireNonNull(pod.spec());
    if (!isSet(spec.subdomain()) || isSet(spec.hostnameOverride())) {
      return "";
    }
    return spec.subdomain() + "." + pod.metadata().namespace() + ".svc." + clusterDomain;
  }

  /** What the kernel is told: the label, or all of it if the pod asks for that and it fits. */
  static String ofKernel(Pod pod, String clusterDomain) {
    String label = label(pod);
    String domain = domain(pod, clusterDomain);
    boolean qualified =
        Boolean.TRUE.equals(requireNonNull(pod.spec()).setHostnameAsFQDN()) && !domain.isEmpty();
    String full = label + "." + domain;
    return qualified && full.length() <= MAX_LABEL + 1 ? full : label;
  }

  private static boolean isSet(@org.jspecify.annotations.Nullable String text) {
    return text != null && !text.isEmpty();
  }
}
