package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.HTTPGetAction;
import dev.tiphys.api.core.v1.Lifecycle;
import dev.tiphys.api.core.v1.LifecycleHandler;
import dev.tiphys.api.core.v1.Probe;
import dev.tiphys.api.core.v1.SleepAction;
import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.IntOrString;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is wrong with what is done to a container from outside, by a probe or a hook. Pure. */
final class HandlerValidation {

  private static final List<String> SCHEMES = List.of("HTTP", "HTTPS");

  private final FieldErrors errors;
  private final Path path;
  private int handlers;

  private HandlerValidation(Path path, FieldErrors errors) {
    this.path = path;
    this.errors = errors;
  }

  /** What a probe does; {@code path} is the probe's, which holds the handler's fields itself. */
  static void validate(Probe probe, Path path, FieldErrors errors) {
    HandlerValidation handler = new HandlerValidation(path, errors);
    if (handler.first("exec", probe.exec())) {
      handler.command(Objects.requireNonNull(probe.exec()).command());
    }
    if (handler.first("httpGet", probe.httpGet())) {
      handler.http(Objects.requireNonNull(probe.httpGet()));
    }
    if (handler.first("tcpSocket", probe.tcpSocket())) {
      checkPort(
          Objects.requireNonNull(probe.tcpSocket()).port(),
          path.child("tcpSocket", "port"),
          errors);
    }
    if (handler.first("grpc", probe.grpc())) {
      Integer port = Objects.requireNonNull(probe.grpc()).port();
      checkPort(IntOrString.of(port == null ? 0 : port), path.child("grpc", "port"), errors);
    }
    handler.end();
  }

  /**
   * The hooks of a container.
   *
   * @param graceSeconds how long the pod may take to end; null if that is not known
   */
  static void validate(
      Lifecycle hooks, @Nullable Long graceSeconds, Path path, FieldErrors errors) {
    hook(hooks.postStart(), graceSeconds, path.child("postStart"), errors);
    hook(hooks.preStop(), graceSeconds, path.child("preStop"), errors);
  }

  private static void hook(
      @Nullable LifecycleHandler hook, @Nullable Long grace, Path path, FieldErrors errors) {
    if (hook == null) {
      return;
    }
    HandlerValidation handler = new HandlerValidation(path, errors);
    if (handler.first("exec", hook.exec())) {
      handler.command(Objects.requireNonNull(hook.exec()).command());
    }
    if (handler.first("httpGet", hook.httpGet())) {
      handler.http(Objects.requireNonNull(hook.httpGet()));
    }
    if (handler.first("tcpSocket", hook.tcpSocket())) {
      checkPort(
          Objects.requireNonNull(hook.tcpSocket()).port(), path.child("tcpSocket", "port"), errors);
    }
    if (handler.first("sleep", hook.sleep()) && grace != null) {
      SleepAction sleep = Objects.requireNonNull(hook.sleep());
      long seconds = sleep.seconds() == null ? 0 : sleep.seconds();
      if (seconds < 0 || seconds > grace) {
        errors.invalid(
            path.child("sleep"),
            seconds,
            "must be non-negative and less than terminationGracePeriodSeconds (" + grace + ")");
      }
    }
    handler.end();
  }

  /** Whether there is such a handler and no other before it. */
  private boolean first(String name, @Nullable Object handler) {
    if (handler != null && ++handlers > 1) {
      errors.forbidden(path.child(name), "may not specify more than 1 handler type");
    }
    return handler != null && handlers == 1;
  }

  private void end() {
    if (handlers == 0) {
      errors.required(path, "must specify a handler type");
    }
  }

  private void command(List<String> command) {
    if (command.isEmpty()) {
      errors.required(path.child("exec", "command"), "");
    }
  }

  private void http(HTTPGetAction action) {
    Path at = path.child("httpGet");
    if (action.path() == null || action.path().isEmpty()) {
      errors.required(at.child("path"), "");
    }
    checkPort(action.port(), at.child("port"), errors);
    if (action.scheme() != null && !SCHEMES.contains(action.scheme())) {
      errors.notSupported(at.child("scheme"), action.scheme(), SCHEMES);
    }
    for (var header : action.httpHeaders()) {
      String name = header.name() == null ? "" : header.name();
      errors.invalid(at.child("httpHeaders"), name, FieldNames.httpHeaderName(name));
    }
  }

  /** A port's number, or its name. */
  private static void checkPort(@Nullable IntOrString port, Path path, FieldErrors errors) {
    Integer number = port == null ? Integer.valueOf(0) : port.number();
    if (number != null) {
      errors.invalid(path, number, FieldNames.portNumber(number));
    } else {
      String name = String.valueOf(port);
      errors.invalid(path, name, FieldNames.portName(name));
    }
  }
}
