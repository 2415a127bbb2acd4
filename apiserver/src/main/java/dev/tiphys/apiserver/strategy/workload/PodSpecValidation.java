package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.HostAlias;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Toleration;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with a pod's spec, in the API's words. Pure. */
public final class PodSpecValidation {

  private static final List<String> RESTART_POLICIES = List.of("Always", "Never", "OnFailure");
  private static final List<String> DNS_POLICIES =
      List.of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None");

  private PodSpecValidation() {}

  /** Checks a spec after its defaults were filled in. */
  public static void validate(PodSpec spec, Path path, FieldErrors errors) {
    Set<String> volumes = VolumeValidation.validate(spec.volumes(), path.child("volumes"), errors);
    validateContainers(spec, path, volumes, errors);
    if (spec.restartPolicy() == null) {
      errors.required(path.child("restartPolicy"), "");
    } else if (!RESTART_POLICIES.contains(spec.restartPolicy())) {
      errors.notSupported(path.child("restartPolicy"), spec.restartPolicy(), RESTART_POLICIES);
    }
    if (spec.dnsPolicy() != null && !DNS_POLICIES.contains(spec.dnsPolicy())) {
      errors.notSupported(path.child("dnsPolicy"), spec.dnsPolicy(), DNS_POLICIES);
    }
    if ("None".equals(spec.dnsPolicy())
        && (spec.dnsConfig() == null || spec.dnsConfig().nameservers().isEmpty())) {
      errors.required(
          path.child("dnsConfig", "nameservers"),
          "must provide at least one DNS nameserver when `dnsPolicy` is None");
    }
    Long deadline = spec.activeDeadlineSeconds();
    if (deadline != null && (deadline < 1 || deadline > Integer.MAX_VALUE)) {
      errors.invalid(
          path.child("activeDeadlineSeconds"),
          deadline,
          "must be between 1 and 2147483647, inclusive");
    }
    validateNames(spec, path, errors);
    validateTolerations(spec.tolerations(), path.child("tolerations"), errors);
    validateHostAliases(spec.hostAliases(), path.child("hostAliases"), errors);
    PlacementValidation.validate(spec, path, errors);
    SecurityValidation.validatePod(spec, path, errors);
  }

  private static void validateContainers(
      PodSpec spec, Path path, Set<String> volumes, FieldErrors errors) {
    if (spec.containers().isEmpty()) {
      errors.required(path.child("containers"), "");
    }
    Set<String> names = new HashSet<>();
    boolean hostNetwork = Boolean.TRUE.equals(spec.hostNetwork());
    validateAll(
        spec.containers(), path.child("containers"), names, volumes, hostNetwork, false, errors);
    validateAll(
        spec.initContainers(),
        path.child("initContainers"),
        names,
        volumes,
        hostNetwork,
        true,
        errors);
  }

  private static void validateAll(
      List<Container> containers,
      Path path,
      Set<String> names,
      Set<String> volumes,
      boolean hostNetwork,
      boolean init,
      FieldErrors errors) {
    for (int i = 0; i < containers.size(); i++) {
      Container container = containers.get(i);
      Path at = path.index(i);
      String name = container.name();
      if (name != null && !name.isEmpty() && !names.add(name)) {
        errors.duplicate(at.child("name"), name);
      }
      new ContainerValidation(container, at, volumes, errors).validate(hostNetwork, init);
    }
  }

  private static void validateNames(PodSpec spec, Path path, FieldErrors errors) {
    check(spec.serviceAccountName(), path.child("serviceAccountName"), false, errors);
    check(spec.nodeName(), path.child("nodeName"), false, errors);
    check(spec.hostname(), path.child("hostname"), true, errors);
    check(spec.subdomain(), path.child("subdomain"), true, errors);
    spec.nodeSelector()
        .forEach((key, value) -> {
          Path at = path.child("nodeSelector");
          LabelNames.key(key).forEach(fault -> errors.invalid(at, key, fault));
          LabelNames.value(value).forEach(fault -> errors.invalid(at, value, fault));
        });
    for (int i = 0; i < spec.imagePullSecrets().size(); i++) {
      String name = spec.imagePullSecrets().get(i).name();
      if (name == null || name.isEmpty()) {
        errors.required(path.child("imagePullSecrets").index(i).child("name"), "");
      }
    }
  }

  private static void check(@Nullable String name, Path path, boolean label, FieldErrors errors) {
    if (name != null && !name.isEmpty()) {
      List<String> faults = label ? DnsNames.label(name) : DnsNames.subdomain(name);
      faults.forEach(fault -> errors.invalid(path, name, fault));
    }
  }

  private static void validateTolerations(
      List<Toleration> tolerations, Path path, FieldErrors errors) {
    for (int i = 0; i < tolerations.size(); i++) {
      Toleration toleration = tolerations.get(i);
      Path at = path.index(i);
      String key = toleration.key() == null ? "" : toleration.key();
      String operator = toleration.operator() == null ? "Equal" : toleration.operator();
      if (!key.isEmpty()) {
        LabelNames.key(key).forEach(fault -> errors.invalid(at.child("key"), key, fault));
      } else if (!operator.equals("Exists")) {
        errors.invalid(
            at.child("operator"),
            toleration.operator(),
            "operator must be Exists when `key` is empty, which means \"match all values and all"
                + " keys\"");
      }
      if (toleration.tolerationSeconds() != null && !"NoExecute".equals(toleration.effect())) {
        errors.invalid(
            at.child("effect"),
            toleration.effect(),
            "effect must be 'NoExecute' when `tolerationSeconds` is set");
      }
      if (operator.equals("Exists")
          && toleration.value() != null
          && !toleration.value().isEmpty()) {
        errors.invalid(
            at.child("operator"),
            toleration.operator(),
            "value must be empty when `operator` is 'Exists'");
      } else if (!operator.equals("Exists") && !operator.equals("Equal")) {
        errors.notSupported(at.child("operator"), operator, List.of("Equal", "Exists"));
      }
      String effect = toleration.effect();
      List<String> effects = List.of("NoExecute", "NoSchedule", "PreferNoSchedule");
      if (effect != null && !effect.isEmpty() && !effects.contains(effect)) {
        errors.notSupported(at.child("effect"), effect, effects);
      }
    }
  }

  private static void validateHostAliases(List<HostAlias> aliases, Path path, FieldErrors errors) {
    for (int i = 0; i < aliases.size(); i++) {
      Path at = path.index(i);
      for (int j = 0; j < aliases.get(i).hostnames().size(); j++) {
        String name = aliases.get(i).hostnames().get(j);
        Path where = at.child("hostnames").index(j);
        DnsNames.subdomain(name).forEach(fault -> errors.invalid(where, name, fault));
      }
    }
  }
}
