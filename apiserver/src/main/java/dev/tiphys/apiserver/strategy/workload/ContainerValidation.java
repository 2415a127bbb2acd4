package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerPort;
import dev.tiphys.api.core.v1.ContainerResizePolicy;
import dev.tiphys.api.core.v1.ContainerRestartRule;
import dev.tiphys.api.core.v1.ContainerRestartRuleOnExitCodes;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with one container of a pod. For one use. */
final class ContainerValidation {

  static final List<String> PULL_POLICIES = List.of("Always", "IfNotPresent", "Never");

  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
  private static final List<String> TERMINATION_POLICIES = List.of("FallbackToLogsOnError", "File");
  private static final List<String> RESIZABLE = List.of("cpu", "memory");
  private static final List<String> RESIZE_POLICIES = List.of("NotRequired", "RestartContainer");
  private static final List<String> RESTART_POLICIES = List.of("Always", "Never", "OnFailure");
  private static final List<String> RESTART_ACTIONS = List.of("Restart", "RestartAllContainers");
  private static final List<String> SET_OPERATORS = List.of("In", "NotIn");
  private static final int MOST_RESTART_RULES = 20;
  private static final int MOST_EXIT_CODES = 255;

  /**
   * What containers of one pod have in common.
   *
   * @param volumes the pod's volumes by name
   * @param claims the names of its claims to devices
   * @param restartPolicy the pod's
   * @param graceSeconds how long the pod may take to end; null if that is not known
   * @param hostUsers whether users of the pod are users of the node
   */
  record Surroundings(
      Map<String, Volume> volumes,
      Set<String> claims,
      @Nullable String restartPolicy,
      @Nullable Long graceSeconds,
      boolean hostUsers) {}

  private final Container container;
  private final Path path;
  private final Surroundings pod;
  private final FieldErrors errors;

  ContainerValidation(Container container, Path path, Surroundings pod, FieldErrors errors) {
    this.container = container;
    this.path = path;
    this.pod = pod;
    this.errors = errors;
  }

  /** A container that runs as long as the pod. */
  void validateRegular() {
    validate();
    validateAttended();
  }

  /** A container that runs before them: to its end, or beside them if it is always restarted. */
  void validateInit() {
    validate();
    if ("Always".equals(container.restartPolicy())) {
      validateAttended();
      return;
    }
    forbidOnInit(container.lifecycle() != null, "lifecycle");
    forbidOnInit(container.livenessProbe() != null, "livenessProbe");
    forbidOnInit(container.readinessProbe() != null, "readinessProbe");
    forbidOnInit(container.startupProbe() != null, "startupProbe");
  }

  private void forbidOnInit(boolean present, String name) {
    if (present) {
      errors.forbidden(
          path.child(name), "may not be set for init containers without restartPolicy=Always");
    }
  }

  /** What every container must have, also one that is added to look into a pod. */
  void validate() {
    Checks.label(container.name(), path.child("name"), errors);
    Checks.present(container.image(), path.child("image"), errors);
    Checks.requiredOneOf(
        container.terminationMessagePolicy(),
        TERMINATION_POLICIES,
        path.child("terminationMessagePolicy"),
        errors);
    if (container.imagePullPolicy() != null) {
      Checks.oneOf(
          container.imagePullPolicy(), PULL_POLICIES, path.child("imagePullPolicy"), errors);
    }
    validatePorts();
    EnvironmentValidation.validateVariables(container.env(), path.child("env"), errors);
    EnvironmentValidation.validateSets(container.envFrom(), path.child("envFrom"), errors);
    MountValidation.validate(container, pod.volumes(), path, errors);
    if (container.resources() != null) {
      ResourceValidation.validate(
          container.resources(), pod.claims(), path.child("resources"), errors);
    }
    validateResizing();
    validateRestarts();
    SecurityValidation.validateContainer(
        container.securityContext(), pod.hostUsers(), path.child("securityContext"), errors);
  }

  /** What is only for containers that are looked after while they run. */
  private void validateAttended() {
    if (container.lifecycle() != null) {
      HandlerValidation.validate(
          container.lifecycle(), pod.graceSeconds(), path.child("lifecycle"), errors);
    }
    ProbeValidation.validate(container, path, errors);
  }

  private void validatePorts() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < container.ports().size(); i++) {
      ContainerPort port = container.ports().get(i);
      Path at = path.child("ports").index(i);
      String name = port.name();
      if (name != null && !name.isEmpty()) {
        List<String> faults = FieldNames.portName(name);
        errors.invalid(at.child("name"), name, faults);
        if (faults.isEmpty() && !names.add(name)) {
          errors.duplicate(at.child("name"), name);
        }
      }
      Integer number = port.containerPort();
      if (number == null || number == 0) {
        errors.required(at.child("containerPort"), "");
      } else {
        errors.invalid(at.child("containerPort"), number, FieldNames.portNumber(number));
      }
      Integer hostPort = port.hostPort();
      if (hostPort != null && hostPort != 0) {
        errors.invalid(at.child("hostPort"), hostPort, FieldNames.portNumber(hostPort));
      }
      Checks.requiredOneOf(port.protocol(), PROTOCOLS, at.child("protocol"), errors);
    }
  }

  private void validateResizing() {
    Set<String> seen = new HashSet<>();
    Path at = path.child("resizePolicy");
    for (int i = 0; i < container.resizePolicy().size(); i++) {
      ContainerResizePolicy policy = container.resizePolicy().get(i);
      if (!seen.add(String.valueOf(policy.resourceName()))) {
        errors.duplicate(at.index(i), policy.resourceName());
      }
      Checks.requiredOneOf(policy.resourceName(), RESIZABLE, at, errors);
      Checks.requiredOneOf(policy.restartPolicy(), RESIZE_POLICIES, at, errors);
      if ("Never".equals(pod.restartPolicy()) && !"NotRequired".equals(policy.restartPolicy())) {
        errors.invalid(
            at, policy.restartPolicy(), "must be 'NotRequired' when `restartPolicy` is 'Never'");
      }
    }
  }

  private void validateRestarts() {
    Checks.oneOf(container.restartPolicy(), RESTART_POLICIES, path.child("restartPolicy"), errors);
    List<ContainerRestartRule> rules = container.restartPolicyRules();
    if (rules.isEmpty()) {
      return;
    }
    Path at = path.child("restartPolicyRules");
    if (container.restartPolicy() == null) {
      errors.required(
          path.child("restartPolicy"), "must specify restartPolicy when restart rules are used");
    }
    if (rules.size() > MOST_RESTART_RULES) {
      errors.add(FieldError.tooMany(at, rules.size(), MOST_RESTART_RULES));
    }
    for (int i = 0; i < rules.size(); i++) {
      ContainerRestartRule rule = rules.get(i);
      Checks.oneOf(
          rule.action() == null ? "" : rule.action(),
          RESTART_ACTIONS,
          at.index(i).child("action"),
          errors);
      Path codes = at.index(i).child("exitCodes");
      if (rule.exitCodes() == null) {
        errors.required(codes, "must be specified");
      } else {
        validateExitCodes(rule.exitCodes(), codes);
      }
    }
  }

  private void validateExitCodes(ContainerRestartRuleOnExitCodes codes, Path at) {
    Checks.oneOf(
        codes.operator() == null ? "" : codes.operator(),
        SET_OPERATORS,
        at.child("operator"),
        errors);
    if (codes.values().size() > MOST_EXIT_CODES) {
      errors.add(FieldError.tooMany(at.child("values"), codes.values().size(), MOST_EXIT_CODES));
    }
  }
}
