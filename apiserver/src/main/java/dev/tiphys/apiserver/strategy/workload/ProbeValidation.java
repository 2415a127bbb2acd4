package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Probe;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import org.jspecify.annotations.Nullable;

/** What is wrong with a container's probes. Pure. */
final class ProbeValidation {

  private ProbeValidation() {}

  static void validate(Container container, Path path, FieldErrors errors) {
    validateOneSuccess(container.livenessProbe(), path.child("livenessProbe"), errors);
    validateOneSuccess(container.startupProbe(), path.child("startupProbe"), errors);
    Probe readiness = container.readinessProbe();
    if (readiness != null) {
      Path at = path.child("readinessProbe");
      validate(readiness, at, errors);
      if (readiness.terminationGracePeriodSeconds() != null) {
        errors.invalid(
            at.child("terminationGracePeriodSeconds"),
            readiness.terminationGracePeriodSeconds(),
            "must not be set for readinessProbes");
      }
    }
  }

  /** A probe whose first success says all there is to say. */
  private static void validateOneSuccess(@Nullable Probe probe, Path path, FieldErrors errors) {
    if (probe == null) {
      return;
    }
    validate(probe, path, errors);
    Integer successes = probe.successThreshold();
    if (successes != null && successes != 1) {
      errors.invalid(path.child("successThreshold"), successes, "must be 1");
    }
  }

  private static void validate(Probe probe, Path path, FieldErrors errors) {
    HandlerValidation.validate(probe, path, errors);
    Checks.notNegative(probe.initialDelaySeconds(), path.child("initialDelaySeconds"), errors);
    Checks.notNegative(probe.timeoutSeconds(), path.child("timeoutSeconds"), errors);
    Checks.notNegative(probe.periodSeconds(), path.child("periodSeconds"), errors);
    Checks.notNegative(probe.successThreshold(), path.child("successThreshold"), errors);
    Checks.notNegative(probe.failureThreshold(), path.child("failureThreshold"), errors);
    Checks.positive(
        probe.terminationGracePeriodSeconds(), path.child("terminationGracePeriodSeconds"), errors);
  }
}
