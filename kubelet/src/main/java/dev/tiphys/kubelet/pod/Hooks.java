package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.LifecycleHandler;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.cri.CriException;
import dev.tiphys.kubelet.probe.Answer;
import dev.tiphys.kubelet.probe.Checks;
import dev.tiphys.kubelet.probe.Target;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.ExecResult;
import java.time.Duration;
import java.util.Optional;

/** Runs what containers want run after their start and before their stop. Blocks. Thread-safe. */
final class Hooks {

  private final ContainerRuntime runtime;
  private final Environment environment;
  private final PodEvents events;

  Hooks(ContainerRuntime runtime, Environment environment, PodEvents events) {
    this.runtime = runtime;
    this.environment = environment;
    this.events = events;
  }

  /** Runs a hook; what went wrong, if something did. */
  Optional<String> run(
      LifecycleHandler handler,
      String containerId,
      Container container,
      String podIp,
      Duration timeout) {
    if (handler.exec() != null) {
      return exec(handler, containerId, timeout);
    }
    if (handler.httpGet() != null) {
      Target target = new Target(containerId, container, podIp);
      return switch (Checks.http(handler.httpGet(), target, timeout)) {
        case Answer.Good _ -> Optional.empty();
        case Answer.Bad(String why) -> Optional.of(why);
        case Answer.Unasked(String why) -> Optional.of(why);
      };
    }
    if (handler.sleep() != null) {
      sleep(handler, timeout);
    }
    return Optional.empty();
  }

  /** Runs a pre-stop hook, tells what goes wrong, and returns the time that it took. */
  Duration runPreStop(
      Pod pod,
      LifecycleHandler handler,
      String containerId,
      Container container,
      String podIp,
      Duration grace) {
    Duration began = environment.uptime();
    run(handler, containerId, container, podIp, grace)
        .ifPresent(problem ->
            events.warning(pod, container, "FailedPreStopHook", "PreStopHook failed: " + problem));
    return environment.uptime().minus(began);
  }

  private Optional<String> exec(LifecycleHandler handler, String containerId, Duration timeout) {
    var action = handler.exec();
    if (action == null) {
      return Optional.empty();
    }
    try {
      ExecResult result = runtime.exec(containerId, action.command(), timeout);
      return result.exitCode() == 0
          ? Optional.empty()
          : Optional.of(
              "command '"
                  + String.join(" ", action.command())
                  + "' exited with "
                  + result.exitCode()
                  + ": "
                  + result.output());
    } catch (CriException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private void sleep(LifecycleHandler handler, Duration timeout) {
    Long seconds = handler.sleep() == null ? null : handler.sleep().seconds();
    Duration wanted = Duration.ofSeconds(seconds == null ? 0 : seconds);
    try {
      environment.sleep(wanted.compareTo(timeout) < 0 ? wanted : timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
