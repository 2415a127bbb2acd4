package dev.tiphys.kubelet.server;

import dev.tiphys.api.core.v1.ContainerStateTerminated;
import dev.tiphys.api.core.v1.ContainerStateWaiting;
import dev.tiphys.api.core.v1.ContainerStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.cri.CriException;
import dev.tiphys.kubelet.logs.LogOptions;
import dev.tiphys.kubelet.logs.LogReader;
import dev.tiphys.kubelet.runtime.ContainerPhase;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.ContainerState;
import dev.tiphys.kubelet.runtime.PodIdentity;
import dev.tiphys.kubelet.runtime.PodState;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /containerLogs/NAMESPACE/POD/CONTAINER}. */
final class LogEndpoint {
  private final ContainerRuntime runtime;
  private final PodLookup lookup;
  private final LogReader reader;
  private final InstantSource clock;

  LogEndpoint(ContainerRuntime runtime, PodLookup lookup, LogReader reader, InstantSource clock) {
    this.runtime = runtime;
    this.lookup = lookup;
    this.reader = reader;
    this.clock = clock;
  }

  void serve(Exchange exchange, String namespace, String podName, String containerName)
      throws HttpProblem, IOException, InterruptedException {
    LogOptions options = options(exchange);
    Pod pod = lookup.pod(namespace, podName);
    lookup.requireContainer(pod, containerName);
    ContainerState container = wanted(pod, containerName, exchange.flag("previous"));
    OutputStream body = exchange.stream("text/plain");
    try {
      reader.copy(container.logPath(), options, () -> isRunning(container.id()), body);
      body.close(); // Not after a failure: a body that is cut off must not look whole.
    } catch (NoSuchFileException e) {
      throw new HttpProblem(
          404,
          "the log of container \""
              + containerName
              + "\" in pod \""
              + podName
              + "\" is no longer on the node");
    }
  }

  private boolean isRunning(String containerId) {
    try {
      return mayStillWrite(containerId);
    } catch (CriException e) {
      if (e.kind() == CriException.Kind.UNAVAILABLE) {
        return true; // Containers go on while their runtime restarts.
      }
      throw e;
    }
  }

  private boolean mayStillWrite(String containerId) {
    return runtime
        .container(containerId)
        .filter(c -> c.phase() == ContainerPhase.RUNNING || c.phase() == ContainerPhase.CREATED)
        .isPresent();
  }

  /** The container whose log is meant; while one waits to start again, the one that ended. */
  private ContainerState wanted(Pod pod, String name, boolean previous) throws HttpProblem {
    PodState state = runtime.pod(PodIdentity.of(pod));
    String podName = pod.metadata().name();
    Optional<ContainerStatus> status = PodLookup.status(pod, name);
    if (previous) {
      return status
          .map(ContainerStatus::lastState)
          .map(dev.tiphys.api.core.v1.ContainerState::terminated)
          .map(ContainerStateTerminated::containerID)
          .flatMap(id -> byId(state, id))
          .or(() -> state.previousContainer(name))
          .orElseThrow(() ->
              new HttpProblem(
                  400,
                  "previous terminated container \""
                      + name
                      + "\" in pod \""
                      + podName
                      + "\" not found"));
    }
    Optional<ContainerState> newest = state.container(name);
    if (newest.isPresent() && newest.get().phase() != ContainerPhase.CREATED) {
      return newest.get();
    }
    return state
        .previousContainer(name)
        .orElseThrow(() ->
            new HttpProblem(
                400,
                "container \""
                    + name
                    + "\" in pod \""
                    + podName
                    + "\" is waiting to start"
                    + why(status)));
  }

  private static Optional<ContainerState> byId(PodState state, String idWithScheme) {
    String id =
        idWithScheme.substring(
            idWithScheme.indexOf("://") < 0 ? 0 : idWithScheme.indexOf("://") + "://".length());
    return state.containers().stream().filter(c -> c.id().equals(id)).findFirst();
  }

  private static String why(Optional<ContainerStatus> status) {
    String reason =
        status
            .map(ContainerStatus::state)
            .map(dev.tiphys.api.core.v1.ContainerState::waiting)
            .map(ContainerStateWaiting::reason)
            .orElse("");
    return switch (reason) {
      case "" -> " - no logs yet";
      case "ErrImagePull" -> ": image can't be pulled";
      case "ImagePullBackOff" -> ": trying and failing to pull image";
      default -> ": " + reason;
    };
  }

  private LogOptions options(Exchange exchange) throws HttpProblem {
    return new LogOptions(
        exchange.flag("follow"),
        number(exchange, "tailLines", 0),
        since(exchange),
        exchange.flag("timestamps"),
        number(exchange, "limitBytes", 1),
        switch (exchange.parameter("stream").orElse("All")) {
          case "Stdout" -> LogOptions.Streams.STDOUT;
          case "Stderr" -> LogOptions.Streams.STDERR;
          default -> LogOptions.Streams.ALL;
        });
  }

  private @Nullable Instant since(Exchange exchange) throws HttpProblem {
    Optional<String> time = exchange.parameter("sinceTime").filter(text -> !text.isEmpty());
    if (time.isPresent()) {
      try {
        return OffsetDateTime.parse(time.get()).toInstant();
      } catch (DateTimeException e) {
        throw new HttpProblem(400, "sinceTime is not a time as of RFC 3339: " + time.get());
      }
    }
    Long seconds = number(exchange, "sinceSeconds", 1);
    return seconds == null ? null : clock.instant().minusSeconds(seconds);
  }

  private static @Nullable Long number(Exchange exchange, String name, long least)
      throws HttpProblem {
    Optional<String> text = exchange.parameter(name).filter(value -> !value.isEmpty());
    if (text.isEmpty()) {
      return null;
    }
    try {
      long value = Long.parseLong(text.get());
      if (value >= least) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The same answer as to a number that is too small.
    }
    throw new HttpProblem(
        422, name + " must be a number not less than " + least + ", not " + text.get());
  }
}
