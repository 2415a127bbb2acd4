package dev.tiphys.apiserver.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What the Pod Security Standards forbid at the levels {@code baseline} and {@code restricted}, in
 * each version of their definition, in the words of the published checks. Pure.
 */
final class PodSecurityLevels {

  /** The newest version, whatever it is. */
  static final int LATEST = Integer.MAX_VALUE;

  /** What is wrong with a pod; empty if nothing is. */
  private interface Rule extends Function<PodSecurityFacts, String> {}

  /**
   * A check at one of its versions.
   *
   * @param from the minor version from which it holds, until the next of the same id does
   * @param instead of which it is, empty for none
   */
  private record Check(String id, int from, String instead, Rule rule) {

    Check(String id, int from, Rule rule) {
      this(id, from, "", rule);
    }
  }

  private static final List<Check> BASELINE =
      List.of(
          new Check("appArmorProfile", 0, PodSecurityChecks::appArmor),
          new Check("capabilities_baseline", 0, PodSecurityChecks::baselineCapabilities),
          new Check("hostNamespaces", 0, PodSecurityChecks::hostNamespaces),
          new Check("hostPathVolumes", 0, PodSecurityChecks::hostPaths),
          new Check("hostPorts", 0, PodSecurityChecks::hostPorts),
          new Check("hostProbesAndHostLifecycle", 34, PodSecurityChecks::hostProbes),
          new Check("privileged", 0, PodSecurityChecks::privileged),
          new Check("procMount", 0, PodSecurityChecks::procMount),
          new Check("procMount", 35, unlessOwnUsers(PodSecurityChecks::procMount)),
          new Check("seLinuxOptions", 0, pod -> PodSecurityChecks.seLinux(pod, false)),
          new Check("seLinuxOptions", 31, pod -> PodSecurityChecks.seLinux(pod, true)),
          new Check("seccompProfile_baseline", 0, PodSecurityChecks::seccompAnnotations),
          new Check("seccompProfile_baseline", 19, PodSecurityChecks::baselineSeccomp),
          new Check("sysctls", 0, pod -> PodSecurityChecks.sysctls(pod, 0)),
          new Check("sysctls", 27, pod -> PodSecurityChecks.sysctls(pod, 27)),
          new Check("sysctls", 29, pod -> PodSecurityChecks.sysctls(pod, 29)),
          new Check("sysctls", 32, pod -> PodSecurityChecks.sysctls(pod, 32)),
          new Check("windowsHostProcess", 0, PodSecurityChecks::windowsHostProcess));

  private static final List<Check> RESTRICTED =
      List.of(
          new Check("allowPrivilegeEscalation", 8, PodSecurityChecks::escalation),
          new Check("allowPrivilegeEscalation", 25, unlessWindows(PodSecurityChecks::escalation)),
          new Check(
              "capabilities_restricted",
              22,
              "capabilities_baseline",
              PodSecurityChecks::restrictedCapabilities),
          new Check(
              "capabilities_restricted",
              25,
              "capabilities_baseline",
              unlessWindows(PodSecurityChecks::restrictedCapabilities)),
          new Check("procMount_restricted", 35, "procMount", PodSecurityChecks::procMount),
          new Check("restrictedVolumes", 0, "hostPathVolumes", PodSecurityChecks::volumes),
          new Check("runAsNonRoot", 0, PodSecurityChecks::nonRoot),
          new Check("runAsNonRoot", 35, unlessOwnUsers(PodSecurityChecks::nonRoot)),
          new Check("runAsUser", 23, PodSecurityChecks::userZero),
          new Check("runAsUser", 35, unlessOwnUsers(PodSecurityChecks::userZero)),
          new Check(
              "seccompProfile_restricted",
              19,
              "seccompProfile_baseline",
              PodSecurityChecks::restrictedSeccomp),
          new Check(
              "seccompProfile_restricted",
              25,
              "seccompProfile_baseline",
              unlessWindows(PodSecurityChecks::restrictedSeccomp)));

  private PodSecurityLevels() {}

  private static Rule unlessWindows(Rule rule) {
    return pod -> pod.windows() ? "" : rule.apply(pod);
  }

  private static Rule unlessOwnUsers(Rule rule) {
    return pod -> Boolean.FALSE.equals(pod.spec().hostUsers()) ? "" : rule.apply(pod);
  }

  /**
   * What is wrong with a pod at a level; nothing for {@code privileged}.
   *
   * @param version the minor version of the definition
   */
  static List<String> faults(PodSecurityFacts pod, String level, int version) {
    if (!level.equals("baseline") && !level.equals("restricted")) {
      return List.of();
    }
    List<Check> restricted = level.equals("restricted") ? inForce(RESTRICTED, version) : List.of();
    List<String> faults = new ArrayList<>();
    for (Check check : inForce(BASELINE, version)) {
      if (restricted.stream().noneMatch(one -> one.instead().equals(check.id()))) {
        add(faults, check.rule().apply(pod));
      }
    }
    restricted.forEach(check -> add(faults, check.rule().apply(pod)));
    return List.copyOf(faults);
  }

  private static void add(List<String> faults, String fault) {
    if (!fault.isEmpty()) {
      faults.add(fault);
    }
  }

  /** Of each check the newest that is not newer than the version. */
  private static List<Check> inForce(List<Check> checks, int version) {
    List<Check> kept = new ArrayList<>();
    for (Check check : checks) {
      if (check.from() <= version) {
        if (!kept.isEmpty() && kept.getLast().id().equals(check.id())) {
          kept.removeLast();
        }
        kept.add(check);
      }
    }
    return kept;
  }
}
