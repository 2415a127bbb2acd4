package dev.tiphys.kubelet.pod;

import dev.tiphys.client.environment.Environment;
import dev.tiphys.cri.CriException;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.PodIdentity;
import dev.tiphys.kubelet.runtime.PodSummary;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the runtime every second what runs, and says which pods changed since: a container that
 * ended by itself, or a pod that nobody asked for. The first look names every pod there is.
 */
final class RuntimePoller implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RuntimePoller.class);

  private final ContainerRuntime runtime;
  private final Environment environment;
  private final Consumer<PodIdentity> changed;
  private Map<PodIdentity, PodSummary> last = Map.of();
  private boolean away;
  private Environment.@Nullable Task task;
  private boolean closed;

  RuntimePoller(ContainerRuntime runtime, Environment environment, Consumer<PodIdentity> changed) {
    this.runtime = runtime;
    this.environment = environment;
    this.changed = changed;
  }

  synchronized void start() {
    task = environment.execute("runtime-poll", this::poll);
  }

  private void poll() {
    try {
      look();
    } finally {
      synchronized (this) {
        if (!closed) {
          task = environment.schedule(Limits.POLL, "runtime-poll", this::poll);
        }
      }
    }
  }

  private void look() {
    Map<PodIdentity, PodSummary> now = new HashMap<>();
    try {
      runtime.pods().forEach(pod -> now.put(pod.pod(), pod));
    } catch (CriException e) {
      if (!away) {
        log.warn("event=runtime-away error={}", e.getMessage());
      }
      away = true;
      return;
    }
    if (away) {
      log.info("event=runtime-back pods={}", now.size());
      away = false;
    }
    Map<PodIdentity, PodSummary> before = last;
    last = now;
    now.forEach((pod, summary) -> {
      if (!summary.equals(before.get(pod))) {
        changed.accept(pod);
      }
    });
    before.keySet().stream().filter(pod -> !now.containsKey(pod)).forEach(changed);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (task != null) {
      task.cancel();
    }
  }
}
