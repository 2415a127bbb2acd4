package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerPort;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodResourceClaim;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Toleration;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.workload.ContainerValidation.Surroundings;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with a pod's spec, in the API's words. Pure. */
public final class PodSpecValidation {

  private static final List<String> RESTART_POLICIES = List.of("Always", "OnFailure", "Never");
  private static final List<String> PREEMPTION_POLICIES = List.of("PreemptLowerPriority", "Never");
  private static final List<String> EFFECTS =
      List.of("NoSchedule", "PreferNoSchedule", "NoExecute");

  private PodSpecValidation() {}

  /** Checks the spec of a template after its defaults were filled in. */
  public static void validate(PodSpec spec, Path path, FieldErrors errors) {
    validate(spec, null, path, errors);
  }

  /** Checks a pod after its defaults were filled in: stricter than a template in a few points. */
  public static void validatePod(Pod pod, FieldErrors errors) {
    PodSpec spec = Objects.requireNonNullElse(pod.spec(), PodSpec.EMPTY);
    Path path = Path.of("spec");
    PodAnnotations.validate(
        pod.metadata().annotations(), spec, Path.of("metadata", "annotations"), errors);
    validate(spec, Objects.requireNonNullElse(pod.metadata().name(), ""), path, errors);
    checkImages(spec.containers(), path.child("containers"), errors);
    checkImages(spec.initContainers(), path.child("initContainers"), errors);
  }

  /** Blanks around an image's name mean something to those who make pods of a template. */
  static void checkImages(List<Container> containers, Path path, FieldErrors errors) {
    for (int i = 0; i < containers.size(); i++) {
      String image = containers.get(i).image();
      if (image != null && !image.equals(image.strip())) {
        errors.invalid(
            path.index(i).child("image"), image, "must not have leading or trailing whitespace");
      }
    }
  }

  private static void validate(PodSpec spec, @Nullable String pod, Path path, FieldErrors errors) {
    Map<String, Volume> volumes =
        VolumeValidation.validate(spec.volumes(), pod, path.child("volumes"), errors);
    Set<String> claims =
        validateClaims(spec.resourceClaims(), path.child("resourceClaims"), errors);
    validateContainers(
        spec,
        new Surroundings(
            volumes,
            claims,
            spec.restartPolicy(),
            spec.terminationGracePeriodSeconds(),
            !Boolean.FALSE.equals(spec.hostUsers())),
        path,
        errors);
    checkHostPorts(spec, pod != null, path, errors);
    Checks.requiredOneOf(
        spec.restartPolicy(), RESTART_POLICIES, path.child("restartPolicy"), errors);
    Checks.within(
        spec.activeDeadlineSeconds(),
        1,
        Integer.MAX_VALUE,
        path.child("activeDeadlineSeconds"),
        errors);
    if (spec.preemptionPolicy() != null) {
      Checks.requiredOneOf(
          spec.preemptionPolicy(), PREEMPTION_POLICIES, path.child("preemptionPolicy"), errors);
    }
    if (!spec.overhead().isEmpty()) {
      ResourceValidation.validateOverhead(spec.overhead(), path.child("overhead"), errors);
    }
    DnsValidation.validate(spec, path, errors);
    validateNames(spec, path, errors);
    validateTolerations(spec.tolerations(), path.child("tolerations"), errors);
    PlacementValidation.validate(spec, path, errors);
    SecurityValidation.validatePod(spec, path, errors);
    validateHostUsers(spec, path, errors);
    WindowsValidation.validateSystem(spec, path, errors);
    WindowsValidation.validateHostProcesses(spec, path, errors);
    PodResources.validate(spec, path.child("resources"), errors);
  }

  private static void validateContainers(
      PodSpec spec, Surroundings pod, Path path, FieldErrors errors) {
    if (spec.containers().isEmpty()) {
      errors.required(path.child("containers"), "");
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < spec.containers().size(); i++) {
      Path at = path.child("containers").index(i);
      Container container = spec.containers().get(i);
      new ContainerValidation(container, at, pod, errors).validateRegular();
      checkName(container, names, at, errors);
    }
    for (int i = 0; i < spec.initContainers().size(); i++) {
      Path at = path.child("initContainers").index(i);
      Container container = spec.initContainers().get(i);
      new ContainerValidation(container, at, pod, errors).validateInit();
      checkName(container, names, at, errors);
    }
    EphemeralContainers.validate(spec, pod, path.child("ephemeralContainers"), errors);
  }

  private static void checkName(
      Container container, Set<String> names, Path at, FieldErrors errors) {
    String name = container.name();
    if (name != null && !name.isEmpty() && !names.add(name)) {
      errors.duplicate(at.child("name"), name);
    }
  }

  private static void checkHostPorts(PodSpec spec, boolean ofPod, Path path, FieldErrors errors) {
    boolean hostNetwork = Boolean.TRUE.equals(spec.hostNetwork());
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < spec.containers().size(); i++) {
      List<ContainerPort> ports = spec.containers().get(i).ports();
      for (int j = 0; j < ports.size(); j++) {
        ContainerPort port = ports.get(j);
        int host = Objects.requireNonNullElse(port.hostPort(), 0);
        if (host == 0 && !(hostNetwork && ofPod)) {
          continue;
        }
        Path at = path.child("containers").index(i).child("ports").index(j).child("hostPort");
        String address = Objects.requireNonNullElse(port.hostIP(), "");
        String whole = port.protocol() + "/" + address + "/" + host;
        if (host != 0 && !taken.add(whole)) {
          errors.duplicate(at, whole);
        }
        if (hostNetwork && !Integer.valueOf(host).equals(port.containerPort())) {
          errors.invalid(at, host, "must match `containerPort` when `hostNetwork` is true");
        }
      }
    }
  }

  private static Set<String> validateClaims(
      List<PodResourceClaim> claims, Path path, FieldErrors errors) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < claims.size(); i++) {
      PodResourceClaim claim = claims.get(i);
      Path at = path.index(i);
      String name = claim.name();
      if (name == null || name.isEmpty()) {
        errors.required(at.child("name"), "");
      } else if (!names.add(name)) {
        errors.duplicate(at.child("name"), name);
      } else {
        errors.invalid(at.child("name"), name, DnsNames.label(name));
      }
      String direct = claim.resourceClaimName();
      String template = claim.resourceClaimTemplateName();
      if (direct != null && template != null) {
        errors.invalid(
            at,
            claim,
            "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
      } else if (direct == null && template == null) {
        errors.invalid(
            at, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
      }
      checkSubdomain(direct, at.child("resourceClaimName"), errors);
      checkSubdomain(template, at.child("resourceClaimTemplateName"), errors);
    }
    return names;
  }

  private static void validateNames(PodSpec spec, Path path, FieldErrors errors) {
    checkSubdomain(spec.serviceAccountName(), path.child("serviceAccountName"), errors);
    checkSubdomain(spec.nodeName(), path.child("nodeName"), errors);
    checkSubdomain(spec.priorityClassName(), path.child("priorityClassName"), errors);
    if (spec.runtimeClassName() != null) {
      errors.invalid(
          path.child("runtimeClassName"),
          spec.runtimeClassName(),
          DnsNames.subdomain(spec.runtimeClassName()));
    }
    checkLabel(spec.hostname(), path.child("hostname"), errors);
    checkLabel(spec.subdomain(), path.child("subdomain"), errors);
    validateHostnameOverride(spec, path, errors);
    Checks.labels(spec.nodeSelector(), path.child("nodeSelector"), errors);
  }

  private static void validateHostnameOverride(PodSpec spec, Path path, FieldErrors errors) {
    String override = spec.hostnameOverride();
    if (override == null) {
      return;
    }
    Path at = path.child("hostnameOverride");
    errors.invalid(at, override, DnsNames.subdomain(override));
    if (override.length() > DnsNames.MAX_LABEL + 1) {
      errors.invalid(at, override, "must be no more than 64 characters");
    }
    if (Boolean.TRUE.equals(spec.hostNetwork())) {
      errors.forbidden(at, "may not be specified when hostNetwork is true");
    }
    if (Boolean.TRUE.equals(spec.setHostnameAsFQDN())) {
      errors.forbidden(path.child("setHostnameAsFQDN"), "when `hostnameOverride` is set");
    }
  }

  private static void checkSubdomain(@Nullable String name, Path path, FieldErrors errors) {
    if (name != null && !name.isEmpty()) {
      errors.invalid(path, name, DnsNames.subdomain(name));
    }
  }

  private static void checkLabel(@Nullable String name, Path path, FieldErrors errors) {
    if (name != null && !name.isEmpty()) {
      errors.invalid(path, name, DnsNames.label(name));
    }
  }

  /** Whoever has users of its own cannot see the node as the node's users do. */
  private static void validateHostUsers(PodSpec spec, Path path, FieldErrors errors) {
    if (!Boolean.FALSE.equals(spec.hostUsers())) {
      return;
    }
    String fault = "when `hostUsers` is false";
    if (Boolean.TRUE.equals(spec.hostNetwork())) {
      errors.forbidden(path.child("hostNetwork"), fault);
    }
    if (Boolean.TRUE.equals(spec.hostPID())) {
      errors.forbidden(path.child("hostPID"), fault);
    }
    if (Boolean.TRUE.equals(spec.hostIPC())) {
      errors.forbidden(path.child("hostIPC"), fault);
    }
  }

  /** Checks which taints are borne. */
  static void validateTolerations(List<Toleration> tolerations, Path path, FieldErrors errors) {
    for (int i = 0; i < tolerations.size(); i++) {
      Toleration toleration = tolerations.get(i);
      Path at = path.index(i);
      String key = Objects.requireNonNullElse(toleration.key(), "");
      String operator = Objects.requireNonNullElse(toleration.operator(), "");
      String value = Objects.requireNonNullElse(toleration.value(), "");
      String effect = Objects.requireNonNullElse(toleration.effect(), "");
      if (!key.isEmpty()) {
        errors.invalid(at.child("key"), key, LabelNames.key(key));
      } else if (!operator.equals("Exists")) {
        errors.invalid(
            at.child("operator"),
            operator,
            "operator must be Exists when `key` is empty, which means \"match all values and all"
                + " keys\"");
      }
      if (toleration.tolerationSeconds() != null && !effect.equals("NoExecute")) {
        errors.invalid(
            at.child("effect"),
            effect,
            "effect must be 'NoExecute' when `tolerationSeconds` is set");
      }
      switch (operator) {
        case "", "Equal" -> errors.invalid(at.child("operator"), value, LabelNames.value(value));
        case "Exists" -> {
          if (!value.isEmpty()) {
            errors.invalid(
                at.child("operator"), value, "value must be empty when `operator` is 'Exists'");
          }
        }
        default -> errors.notSupported(at.child("operator"), operator, List.of("Equal", "Exists"));
      }
      if (!effect.isEmpty()) {
        Checks.oneOf(effect, EFFECTS, at.child("effect"), errors);
      }
    }
  }
}
