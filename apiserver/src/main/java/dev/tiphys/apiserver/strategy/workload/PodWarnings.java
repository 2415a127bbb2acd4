package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.Affinity;
import dev.tiphys.api.core.v1.AppArmorProfile;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.EnvVar;
import dev.tiphys.api.core.v1.NodeAffinity;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodAffinityTerm;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.core.v1.PreferredSchedulingTerm;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.core.v1.TopologySpreadConstraint;
import dev.tiphys.api.core.v1.WeightedPodAffinityTerm;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.strategy.AddressWarnings;
import dev.tiphys.apiserver.strategy.OldLabels;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is taken of pods and templates of pods, but means nothing any more, or hardly what was
 * meant. For one use.
 */
public final class PodWarnings {

  private static final String NO_POD = ": a null labelSelector results in matching no pod";
  private static final String SECCOMP =
      ": non-functional in v1.27+; use the \"seccompProfile\"" + " field instead";
  private static final String SECCOMP_OF_POD = "seccomp.security.alpha.kubernetes.io/pod";
  private static final String SECCOMP_OF = "container.seccomp.security.alpha.kubernetes.io/";
  private static final String SYSCTLS =
      ": non-functional in v1.11+; use the \"sysctls\" field instead";

  private static final Map<String, String> OLD_ANNOTATIONS =
      Map.of(
          "scheduler.alpha.kubernetes.io/critical-pod",
              ": non-functional in v1.16+; use the \"priorityClassName\" field instead",
          "security.alpha.kubernetes.io/sysctls", SYSCTLS,
          "security.alpha.kubernetes.io/unsafe-sysctls", SYSCTLS);

  /** A container and where it stands. */
  record Placed(Container container, Path path) {}

  private final PodSpec spec;
  private final Map<String, String> annotations;
  private final Path path;
  private final Path metadata;
  private final List<Placed> containers = new ArrayList<>();
  private static final String PROFILE =
      ": deprecated since v1.30; use the \"appArmorProfile\" field instead";

  private final List<String> warnings = new ArrayList<>();

  private PodWarnings(PodSpec spec, ObjectMeta metadata, @Nullable Path at) {
    this.spec = spec;
    this.annotations = metadata.annotations();
    this.path = at == null ? Path.of("spec") : at.child("spec");
    this.metadata =
        at == null ? Path.of("metadata", "annotations") : at.child("metadata", "annotations");
    place(spec.initContainers(), path.child("initContainers"));
    place(spec.containers(), path.child("containers"));
    place(
        spec.ephemeralContainers().stream().map(EphemeralContainers::asContainer).toList(),
        path.child("ephemeralContainers"));
  }

  private void place(List<Container> some, Path at) {
    for (int i = 0; i < some.size(); i++) {
      containers.add(new Placed(some.get(i), at.index(i)));
    }
  }

  /** What to say of a new pod. */
  public static List<String> of(Pod pod) {
    PodWarnings all =
        new PodWarnings(
            Objects.requireNonNullElse(pod.spec(), PodSpec.EMPTY), pod.metadata(), null);
    String name = pod.metadata().name();
    List<String> faults = name == null ? List.of() : DnsNames.label(name);
    if (!faults.isEmpty()) {
      all.warnings.add(
          "metadata.name: this is used in the Pod's hostname, which can result in surprising"
              + " behavior; a DNS label is recommended: ["
              + String.join(" ", faults)
              + "]");
    }
    all.tell();
    all.tellOldProfiles();
    return all.warnings;
  }

  /**
   * What to say of a template, if an update changed it.
   *
   * @param old what it was; null if it is new
   */
  public static List<String> ofTemplate(
      @Nullable PodTemplateSpec template, @Nullable PodTemplateSpec old, Path at) {
    if (template == null || template.equals(old)) {
      return List.of();
    }
    PodWarnings all =
        new PodWarnings(
            Templates.spec(template),
            Objects.requireNonNullElse(template.metadata(), ObjectMeta.EMPTY),
            at);
    all.tell();
    all.tellProfiles();
    return all.warnings;
  }

  private void tell() {
    tellNodes();
    tellSpread();
    OLD_ANNOTATIONS.forEach((key, text) -> {
      if (annotations.containsKey(key)) {
        warnings.add(metadata.key(key) + text);
      }
    });
    PodVolumeWarnings.tell(spec.volumes(), path.child("volumes"), warnings);
    tellNames();
    tellAmounts(spec.overhead(), path.child("overhead"));
    tellSeccomp();
    for (Placed placed : containers) {
      ResourceRequirements resources =
          Objects.requireNonNullElse(placed.container().resources(), ResourceRequirements.EMPTY);
      tellAmounts(resources.limits(), placed.path().child("resources", "limits"));
      tellAmounts(resources.requests(), placed.path().child("resources", "requests"));
      tellVariables(placed.container().env(), placed.path().child("env"));
    }
    PortWarnings.tell(containers, warnings);
    Long grace = spec.terminationGracePeriodSeconds();
    if (grace != null && grace < 0) {
      warnings.add(
          path.child("terminationGracePeriodSeconds")
              + ": must be >= 0; negative values are invalid and will be treated as 1");
    }
    tellAffinity();
    tellAddresses();
  }

  private void tellNodes() {
    spec.nodeSelector()
        .keySet()
        .forEach(label -> {
          if (OldLabels.of(label) != null) {
            warnings.add(path.child("nodeSelector").key(label) + ": " + OldLabels.of(label));
          }
        });
    NodeAffinity nodes = spec.affinity() == null ? null : spec.affinity().nodeAffinity();
    if (nodes == null) {
      return;
    }
    Path at = path.child("affinity", "nodeAffinity");
    warnings.addAll(
        OldLabels.in(
            nodes.requiredDuringSchedulingIgnoredDuringExecution(),
            at.child("requiredDuringSchedulingIgnoredDuringExecution")));
    List<PreferredSchedulingTerm> preferred =
        nodes.preferredDuringSchedulingIgnoredDuringExecution();
    for (int i = 0; i < preferred.size(); i++) {
      Path term = at.child("preferredDuringSchedulingIgnoredDuringExecution").index(i);
      warnings.addAll(
          OldLabels.inPreference(preferred.get(i).preference(), term.child("preference")));
    }
  }

  private void tellSpread() {
    for (int i = 0; i < spec.topologySpreadConstraints().size(); i++) {
      TopologySpreadConstraint one = spec.topologySpreadConstraints().get(i);
      Path at = path.child("topologySpreadConstraints").index(i);
      String old = OldLabels.of(one.topologyKey());
      if (old != null) {
        warnings.add(at.child("topologyKey") + ": " + one.topologyKey() + " is " + old);
      }
      if (one.labelSelector() == null) {
        warnings.add(at.child("labelSelector") + NO_POD);
      }
    }
  }

  /** Hosts and secrets that are named twice, or not at all. */
  private void tellNames() {
    twice(spec.hostAliases(), alias -> alias.ip(), "ip", path.child("hostAliases"));
    twice(spec.imagePullSecrets(), secret -> secret.name(), "name", path.child("imagePullSecrets"));
    for (int i = 0; i < spec.imagePullSecrets().size(); i++) {
      String name = spec.imagePullSecrets().get(i).name();
      if (name == null || name.isEmpty()) {
        warnings.add(
            path.child("imagePullSecrets").index(i).child("name") + ": invalid empty name \"\"");
      }
    }
  }

  private <E> void twice(List<E> list, Function<E, @Nullable String> key, String field, Path at) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      String text = Objects.requireNonNullElse(key.apply(list.get(i)), "");
      if (!seen.add(text)) {
        warnings.add(at.index(i).child(field) + ": duplicate " + field + " \"" + text + "\"");
      }
    }
  }

  private void tellAmounts(Map<String, Quantity> amounts, Path at) {
    for (String name : List.of("memory", "ephemeral-storage")) {
      Quantity amount = amounts.get(name);
      if (amount != null && amount.amount().remainder(BigDecimal.ONE).signum() != 0) {
        warnings.add(
            at.key(name)
                + ": fractional byte value \""
                + amount
                + "\" is invalid, must be an integer");
      }
    }
  }

  private void tellSeccomp() {
    boolean ofPod =
        spec.securityContext() != null && spec.securityContext().seccompProfile() != null;
    if (!ofPod && annotations.containsKey(SECCOMP_OF_POD)) {
      warnings.add(metadata.key(SECCOMP_OF_POD) + SECCOMP);
    }
    for (Placed placed : containers) {
      var security = placed.container().securityContext();
      String key = SECCOMP_OF + placed.container().name();
      if ((security == null || security.seccompProfile() == null) && annotations.containsKey(key)) {
        warnings.add(metadata.key(key) + SECCOMP);
      }
    }
  }

  /** By now, what annotations of pods name has gone into fields. */
  private void tellOldProfiles() {
    if (spec.os() != null && "windows".equals(spec.os().name())) {
      return;
    }
    AppArmorProfile whole =
        spec.securityContext() == null ? null : spec.securityContext().appArmorProfile();
    for (Placed placed : containers) {
      var security = placed.container().securityContext();
      String key = PodAnnotations.APP_ARMOR + placed.container().name();
      String said = annotations.get(key);
      if (said != null
          && OldProfiles.matters(
              said, security == null ? null : security.appArmorProfile(), whole)) {
        warnings.add(metadata.key(key) + PROFILE);
      }
    }
  }

  private void tellProfiles() {
    if (spec.securityContext() != null && spec.securityContext().appArmorProfile() != null) {
      return;
    }
    for (Placed placed : containers) {
      var security = placed.container().securityContext();
      String key = PodAnnotations.APP_ARMOR + placed.container().name();
      if ((security == null || security.appArmorProfile() == null)
          && annotations.containsKey(key)) {
        warnings.add(metadata.key(key) + PROFILE);
      }
    }
  }

  /** Variables that are set again without saying what they were. */
  private void tellVariables(List<EnvVar> variables, Path at) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < variables.size(); i++) {
      EnvVar variable = variables.get(i);
      String name = Objects.requireNonNullElse(variable.name(), "");
      if (seen.add(name)) {
        continue;
      }
      String reference = "$(" + name + ")";
      String value = Objects.requireNonNullElse(variable.value(), "");
      boolean extended = value.contains(reference) && !value.equals(reference);
      if (variable.valueFrom() != null || !extended) {
        warnings.add(
            at.index(i)
                + ": hides previous definition of \""
                + name
                + "\", which may be dropped when using apply");
      }
    }
  }

  private void tellAffinity() {
    Affinity affinity = Objects.requireNonNullElse(spec.affinity(), Affinity.EMPTY);
    var near = affinity.podAffinity();
    if (near != null) {
      tellTerms(
          near.requiredDuringSchedulingIgnoredDuringExecution(),
          near.preferredDuringSchedulingIgnoredDuringExecution(),
          path.child("affinity", "podAffinity"));
    }
    var far = affinity.podAntiAffinity();
    if (far != null) {
      tellTerms(
          far.requiredDuringSchedulingIgnoredDuringExecution(),
          far.preferredDuringSchedulingIgnoredDuringExecution(),
          path.child("affinity", "podAntiAffinity"));
    }
  }

  private void tellTerms(
      List<PodAffinityTerm> required, List<WeightedPodAffinityTerm> preferred, Path at) {
    for (int i = 0; i < required.size(); i++) {
      if (required.get(i).labelSelector() == null) {
        Path term = at.child("requiredDuringSchedulingIgnoredDuringExecution").index(i);
        warnings.add(term.child("labelSelector") + NO_POD);
      }
    }
    for (int i = 0; i < preferred.size(); i++) {
      PodAffinityTerm of = preferred.get(i).podAffinityTerm();
      if (of == null || of.labelSelector() == null) {
        Path term = at.child("preferredDuringSchedulingIgnoredDuringExecution").index(i);
        warnings.add(term.child("podAffinityTerm", "labelSelector") + NO_POD);
      }
    }
  }

  private void tellAddresses() {
    if (spec.dnsConfig() != null) {
      AddressWarnings.ofAddresses(
          spec.dnsConfig().nameservers(), path.child("dnsConfig", "nameservers"), warnings);
    }
    for (int i = 0; i < spec.hostAliases().size(); i++) {
      AddressWarnings.ofAddress(
          spec.hostAliases().get(i).ip(), path.child("hostAliases").index(i).child("ip"), warnings);
    }
  }
}
