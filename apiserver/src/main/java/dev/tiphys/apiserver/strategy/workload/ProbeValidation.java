package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.HTTPGetAction;
import dev.tiphys.api.core.v1.Probe;
import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.IntOrString;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is wrong with a probe. Pure. */
final class ProbeValidation {

  private ProbeValidation() {}

  static void validate(@Nullable Probe probe, Path path, boolean oneSuccess, FieldErrors errors) {
    if (probe == null) {
      return;
    }
    long handlers =
        Stream.of(probe.exec(), probe.httpGet(), probe.tcpSocket(), probe.grpc())
            .filter(h -> h != null)
            .count();
    if (handlers == 0) {
      errors.required(path, "must specify a handler type");
    } else if (handlers > 1) {
      errors.forbidden(path, "may not specify more than 1 handler type");
    }
    if (probe.exec() != null && probe.exec().command().isEmpty()) {
      errors.required(path.child("exec", "command"), "");
    }
    if (probe.httpGet() != null) {
      validateHttp(probe.httpGet(), path.child("httpGet"), errors);
    }
    if (probe.tcpSocket() != null) {
      validatePort(probe.tcpSocket().port(), path.child("tcpSocket", "port"), errors);
    }
    notNegative(probe.initialDelaySeconds(), path.child("initialDelaySeconds"), errors);
    notNegative(probe.timeoutSeconds(), path.child("timeoutSeconds"), errors);
    notNegative(probe.periodSeconds(), path.child("periodSeconds"), errors);
    notNegative(probe.successThreshold(), path.child("successThreshold"), errors);
    notNegative(probe.failureThreshold(), path.child("failureThreshold"), errors);
    Integer successes = probe.successThreshold();
    if (oneSuccess && successes != null && successes != 1) {
      errors.invalid(path.child("successThreshold"), successes, "must be 1");
    }
  }

  private static void validateHttp(HTTPGetAction action, Path path, FieldErrors errors) {
    if (action.path() == null || action.path().isEmpty()) {
      errors.required(path.child("path"), "");
    }
    validatePort(action.port(), path.child("port"), errors);
    if (action.scheme() != null && !List.of("HTTP", "HTTPS").contains(action.scheme())) {
      errors.notSupported(path.child("scheme"), action.scheme(), List.of("HTTP", "HTTPS"));
    }
    for (int i = 0; i < action.httpHeaders().size(); i++) {
      String name = String.valueOf(action.httpHeaders().get(i).name());
      Path at = path.child("httpHeaders").index(i).child("name");
      FieldNames.httpHeaderName(name).forEach(fault -> errors.invalid(at, name, fault));
    }
  }

  private static void validatePort(@Nullable IntOrString port, Path path, FieldErrors errors) {
    Integer number = port == null ? Integer.valueOf(0) : port.number();
    if (number != null) {
      FieldNames.portNumber(number).forEach(fault -> errors.invalid(path, number, fault));
    } else if (port != null) {
      String name = port.toString();
      FieldNames.portName(name).forEach(fault -> errors.invalid(path, name, fault));
    }
  }

  private static void notNegative(@Nullable Integer value, Path path, FieldErrors errors) {
    if (value != null && value < 0) {
      errors.invalid(path, value, "must be greater than or equal to 0");
    }
  }
}
