package dev.tiphys.kubelet.runtime;

import dev.tiphys.client.environment.Environment;
import dev.tiphys.cri.CriException;
import dev.tiphys.kubelet.logs.LogRotation;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the logs of all running containers from time to time and rotates those too large. */
public final class LogKeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LogKeeper.class);

  private final ContainerRuntime runtime;
  private final RuntimeSettings settings;
  private final LogRotation rotation;
  private final Environment environment;
  private Environment.@Nullable Task task;
  private boolean closed;

  /** Keeps the logs that {@code runtime} writes where {@code settings} say. */
  public LogKeeper(ContainerRuntime runtime, RuntimeSettings settings, Environment environment) {
    this.runtime = runtime;
    this.settings = settings;
    this.rotation = new LogRotation(settings.logQuota(), environment.clock());
    this.environment = environment;
  }

  /** Looks every ten seconds until closed. */
  public synchronized void start() {
    if (!closed) {
      task = environment.schedule(Limits.LOG_LOOK, "log-keeper", this::lookAndGoOn);
    }
  }

  private void lookAndGoOn() {
    try {
      look();
    } finally {
      start();
    }
  }

  private void look() {
    try {
      for (PodSummary pod : runtime.pods()) {
        for (PodSummary.Container container : pod.containers()) {
          if (container.phase() == ContainerPhase.RUNNING) {
            rotate(pod.pod(), container);
          }
        }
      }
    } catch (CriException e) {
      log.debug("event=logs-not-looked-at", e); // Whoever polls the runtime tells that it is away.
    }
  }

  private void rotate(PodIdentity pod, PodSummary.Container container) {
    var path = settings.logOf(pod, container.name(), container.restartCount());
    try {
      if (rotation.rotate(path, () -> runtime.reopenLog(container.id()))) {
        log.info("event=log-rotated path={}", path);
      }
    } catch (IOException | CriException e) {
      log.warn("event=log-not-rotated path={} error={}", path, e.toString());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (task != null) {
      task.cancel();
    }
  }
}
