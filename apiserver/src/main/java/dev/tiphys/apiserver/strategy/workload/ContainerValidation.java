package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerPort;
import dev.tiphys.api.core.v1.EnvVar;
import dev.tiphys.api.core.v1.EnvVarSource;
import dev.tiphys.api.core.v1.Lifecycle;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.core.v1.VolumeMount;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.strategy.Checks;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What is wrong with one container. For one use. */
final class ContainerValidation {

  private static final List<String> PULL_POLICIES = List.of("Always", "IfNotPresent", "Never");
  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
  private static final List<String> WHOLE_RESOURCES = List.of("cpu", "memory", "ephemeral-storage");
  private static final Set<String> TERMINATION_POLICIES = Set.of("File", "FallbackToLogsOnError");

  private final Container container;
  private final Path path;
  private final Set<String> volumes;
  private final FieldErrors errors;

  ContainerValidation(Container container, Path path, Set<String> volumes, FieldErrors errors) {
    this.container = container;
    this.path = path;
    this.volumes = volumes;
    this.errors = errors;
  }

  void validate(boolean hostNetwork, boolean init) {
    String name = container.name();
    if (name == null || name.isEmpty()) {
      errors.required(path.child("name"), "");
    } else {
      DnsNames.label(name).forEach(fault -> errors.invalid(path.child("name"), name, fault));
    }
    String image = container.image();
    if (image == null || image.isEmpty()) {
      errors.required(path.child("image"), "");
    } else if (!image.equals(image.strip())) {
      errors.invalid(path.child("image"), image, "must not have leading or trailing whitespace");
    }
    String pullPolicy = container.imagePullPolicy();
    if (pullPolicy != null && !PULL_POLICIES.contains(pullPolicy)) {
      errors.notSupported(path.child("imagePullPolicy"), pullPolicy, PULL_POLICIES);
    }
    String termination = container.terminationMessagePolicy();
    if (termination != null && !TERMINATION_POLICIES.contains(termination)) {
      errors.notSupported(
          path.child("terminationMessagePolicy"),
          termination,
          TERMINATION_POLICIES.stream().sorted().toList());
    }
    validatePorts(hostNetwork);
    validateEnv();
    validateMounts();
    validateResources();
    validateProbes(init);
    SecurityValidation.validateContainer(
        container.securityContext(), path.child("securityContext"), errors);
    Checks.oneOf(
        container.restartPolicy(),
        List.of("Always", "Never", "OnFailure"),
        path.child("restartPolicy"),
        errors);
  }

  private void validatePorts(boolean hostNetwork) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < container.ports().size(); i++) {
      ContainerPort port = container.ports().get(i);
      Path at = path.child("ports").index(i);
      String name = port.name();
      if (name != null && !name.isEmpty()) {
        FieldNames.portName(name).forEach(fault -> errors.invalid(at.child("name"), name, fault));
        if (!names.add(name)) {
          errors.duplicate(at.child("name"), name);
        }
      }
      Integer number = port.containerPort();
      if (number == null || number == 0) {
        errors.required(at.child("containerPort"), "");
      } else {
        FieldNames.portNumber(number)
            .forEach(fault -> errors.invalid(at.child("containerPort"), number, fault));
      }
      Integer hostPort = port.hostPort();
      if (hostPort != null && hostPort != 0) {
        FieldNames.portNumber(hostPort)
            .forEach(fault -> errors.invalid(at.child("hostPort"), hostPort, fault));
        if (hostNetwork && !hostPort.equals(number)) {
          errors.invalid(
              at.child("containerPort"),
              number,
              "must match `hostPort` when `hostNetwork` is true");
        }
      }
      String protocol = port.protocol();
      if (protocol == null || protocol.isEmpty()) {
        errors.required(at.child("protocol"), "");
      } else if (!PROTOCOLS.contains(protocol)) {
        errors.notSupported(at.child("protocol"), protocol, PROTOCOLS);
      }
    }
  }

  private void validateEnv() {
    for (int i = 0; i < container.env().size(); i++) {
      EnvVar variable = container.env().get(i);
      Path at = path.child("env").index(i);
      String name = variable.name();
      if (name == null || name.isEmpty()) {
        errors.required(at.child("name"), "");
      } else {
        FieldNames.envVarName(name).forEach(fault -> errors.invalid(at.child("name"), name, fault));
      }
      EnvVarSource source = variable.valueFrom();
      if (source == null) {
        continue;
      }
      long sources =
          Stream.of(
                  source.fieldRef(),
                  source.resourceFieldRef(),
                  source.configMapKeyRef(),
                  source.secretKeyRef(),
                  source.fileKeyRef())
              .filter(s -> s != null)
              .count();
      if (sources == 0) {
        errors.invalid(
            at.child("valueFrom"),
            "",
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or"
                + " `secretKeyRef`");
      } else if (variable.value() != null && !variable.value().isEmpty()) {
        errors.invalid(at.child("valueFrom"), "", "may not be specified when `value` is not empty");
      } else if (sources > 1) {
        errors.invalid(
            at.child("valueFrom"), "", "may not have more than one field specified at a time");
      }
    }
  }

  private void validateMounts() {
    Set<String> paths = new HashSet<>();
    for (int i = 0; i < container.volumeMounts().size(); i++) {
      VolumeMount mount = container.volumeMounts().get(i);
      Path at = path.child("volumeMounts").index(i);
      String name = mount.name();
      if (name == null || name.isEmpty()) {
        errors.required(at.child("name"), "");
      } else if (!volumes.contains(name)) {
        errors.notFound(at.child("name"), name);
      }
      String mountPath = mount.mountPath();
      if (mountPath == null || mountPath.isEmpty()) {
        errors.required(at.child("mountPath"), "");
      } else if (!paths.add(mountPath)) {
        errors.invalid(at.child("mountPath"), mountPath, "must be unique");
      }
      String subPath = mount.subPath();
      if (subPath != null && !subPath.isEmpty()) {
        VolumeValidation.checkLocalPath(subPath, at.child("subPath"), errors);
      }
    }
  }

  private void validateResources() {
    ResourceRequirements resources = container.resources();
    if (resources == null) {
      return;
    }
    Path at = path.child("resources");
    validateAmounts(resources.limits(), at.child("limits"));
    validateAmounts(resources.requests(), at.child("requests"));
    resources
        .requests()
        .forEach((name, request) -> {
          Quantity limit = resources.limits().get(name);
          if (limit != null && request.compareTo(limit) > 0) {
            errors.invalid(
                at.child("requests"),
                request.toString(),
                "must be less than or equal to " + name + " limit of " + limit);
          }
        });
  }

  private void validateAmounts(Map<String, Quantity> amounts, Path at) {
    amounts.forEach((name, amount) -> {
      Path key = at.key(name);
      LabelNames.key(name).forEach(fault -> errors.invalid(at, name, fault));
      boolean known =
          WHOLE_RESOURCES.contains(name) || name.startsWith("hugepages-") || name.contains("/");
      if (!known) {
        errors.invalid(key, name, "must be a standard resource type or fully qualified");
      }
      if (amount.signum() < 0) {
        errors.invalid(key, amount.toString(), "must be greater than or equal to 0");
      }
    });
  }

  private void validateProbes(boolean init) {
    boolean sidecar = "Always".equals(container.restartPolicy());
    if (init && !sidecar) {
      Lifecycle lifecycle = container.lifecycle();
      if (lifecycle != null && (lifecycle.preStop() != null || lifecycle.postStart() != null)) {
        errors.forbidden(
            path.child("lifecycle"),
            "may not be set for init containers without restartPolicy=Always");
      }
      forbidProbe(container.livenessProbe() != null, "livenessProbe");
      forbidProbe(container.readinessProbe() != null, "readinessProbe");
      forbidProbe(container.startupProbe() != null, "startupProbe");
      return;
    }
    ProbeValidation.validate(container.livenessProbe(), path.child("livenessProbe"), true, errors);
    ProbeValidation.validate(
        container.readinessProbe(), path.child("readinessProbe"), false, errors);
    ProbeValidation.validate(container.startupProbe(), path.child("startupProbe"), true, errors);
  }

  private void forbidProbe(boolean present, String name) {
    if (present) {
      errors.forbidden(
          path.child(name), "may not be set for init containers without restartPolicy=Always");
    }
  }
}
