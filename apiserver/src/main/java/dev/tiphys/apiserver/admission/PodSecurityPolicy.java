package dev.tiphys.apiserver.admission;

import java.util.List;
import java.util.Map;

/**
 * What is asked of a namespace's pods, by its labels {@code pod-security.kubernetes.io/…} or, where
 * it has none, by the configuration: the level that they are held to, the one whose breach is
 * warned of, and the one whose breach is audited.
 */
record PodSecurityPolicy(Mode enforce, Mode warn, Mode audit) {

  static final String PREFIX = "pod-security.kubernetes.io/";

  /** The levels, from the freest to the strictest. */
  static final List<String> LEVELS = List.of("privileged", "baseline", "restricted");

  /** Everything is allowed. */
  static final PodSecurityPolicy FREE =
      new PodSecurityPolicy(
          new Mode("privileged", "latest"),
          new Mode("privileged", "latest"),
          new Mode("privileged", "latest"));

  /**
   * A level at a version of its definition.
   *
   * @param version {@code latest} or {@code v1.30}
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

    List<String> faults(PodSecurityFacts pod) {
      return PodSecurityLevels.faults(pod, level, minor());
    }

    private int minor() {
      return version.startsWith("v1.")
          ? Integer.parseInt(version.substring("v1.".length()))
          : PodSecurityLevels.LATEST;
    }
  }

  /** What labels say; for what they do not, the defaults hold. */
  static PodSecurityPolicy of(Map<String, String> labels, PodSecurityPolicy defaults) {
    return new PodSecurityPolicy(
        mode(labels, "enforce", defaults.enforce()),
        mode(labels, "warn", defaults.warn()),
        mode(labels, "audit", defaults.audit()));
  }

  private static Mode mode(Map<String, String> labels, String name, Mode otherwise) {
    String level = labels.getOrDefault(PREFIX + name, otherwise.level());
    // As upstream: a level that nobody knows is the strictest, where breaking it does no harm.
    String strictest = name.equals("enforce") ? "restricted" : "privileged";
    String version = labels.getOrDefault(PREFIX + name + "-version", otherwise.version());
    return new Mode(
        LEVELS.contains(level) ? level : strictest,
        PodSecuritySettings.isVersion(version) ? version : "latest");
  }

  /** Whether pods may be as they like. */
  boolean isFree() {
    return enforce.isFree() && warn.isFree() && audit.isFree();
  }
}
