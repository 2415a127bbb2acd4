package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.PodSpec;
import java.util.List;
import java.util.Map;

/**
 * What a namespace's labels {@code pod-security.kubernetes.io/…} ask of its pods: the level that
 * they are held to, the one whose breach is warned of, and the one whose breach is audited.
 */
record PodSecurityPolicy(Mode enforce, Mode warn, Mode audit) {

  static final String PREFIX = "pod-security.kubernetes.io/";

  /** The levels, from the freest to the strictest. */
  static final List<String> LEVELS = List.of("privileged", "baseline", "restricted");

  /**
   * A level at a version of its definition.
   *
   * @param version {@code latest} or {@code v1.30}; checks are those of the latest all the same
   */
  record Mode(String level, String version) {

    /** As messages name it. */
    String text() {
      return level + ":" + version;
    }

    boolean isFree() {
      return level.equals("privileged");
    }

    boolean isStricterThan(Mode other) {
      return LEVELS.indexOf(level) > LEVELS.indexOf(other.level);
    }

    List<String> faults(PodSpec spec) {
      return PodSecurityLevels.faults(spec, level);
    }
  }

  /** What labels say. */
  static PodSecurityPolicy of(Map<String, String> labels) {
    return new PodSecurityPolicy(
        mode(labels, "enforce"), mode(labels, "warn"), mode(labels, "audit"));
  }

  private static Mode mode(Map<String, String> labels, String name) {
    String level = labels.getOrDefault(PREFIX + name, "privileged");
    // As upstream: a level that nobody knows is the strictest, where breaking it does no harm.
    String strictest = name.equals("enforce") ? "restricted" : "privileged";
    return new Mode(
        LEVELS.contains(level) ? level : strictest,
        labels.getOrDefault(PREFIX + name + "-version", "latest"));
  }

  /** Whether pods may be as they like. */
  boolean isFree() {
    return enforce.isFree() && warn.isFree() && audit.isFree();
  }
}
