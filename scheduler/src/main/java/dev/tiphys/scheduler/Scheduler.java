package dev.tiphys.scheduler;

import dev.tiphys.api.core.v1.Binding;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.ObjectReference;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.meta.v1.Status;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.event.EventRecorder;
import dev.tiphys.client.informer.EventHandler;
import dev.tiphys.client.informer.Informer;
import dev.tiphys.scheduler.queue.SchedulingQueue;
import dev.tiphys.scheduler.state.ClusterState;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives pods nodes: takes one after the other from the queue, lets {@link Decider} decide, and
 * tells the API. Placements are written in the background, for the decision already counts; a
 * decision that cannot be written is taken back and made again.
 *
 * <p>Level-triggered: what it knows comes from the caches of its informers, so that it may be
 * killed at any instruction. Thread-safe.
 */
final class Scheduler implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Scheduler.class);

  private final String name;
  private final ResourceClient<Pod> pods;
  private final Informer<Pod> podInformer;
  private final Informer<Node> nodeInformer;
  private final Environment environment;
  private final Decider decider;
  private final EventRecorder events;
  private final UnschedulableReport report;
  private final SchedulingQueue queue;
  private final SchedulerMetrics metrics;
  private final ClusterState state = new ClusterState();

  private final Object lock = new Object();
  private boolean synced;
  private boolean deciding;
  private boolean closed;
  private int bindings;

  Scheduler(
      String name,
      ResourceClient<Pod> pods,
      Informer<Pod> podInformer,
      Informer<Node> nodeInformer,
      Decider decider,
      EventRecorder events,
      SchedulingQueue queue,
      SchedulerMetrics metrics,
      Environment environment) {
    this.name = name;
    this.pods = pods;
    this.podInformer = podInformer;
    this.nodeInformer = nodeInformer;
    this.environment = environment;
    this.decider = decider;
    this.events = events;
    this.report = new UnschedulableReport(pods, events, environment);
    this.queue = queue;
    this.metrics = metrics;
  }

  /** Begins to listen, and to decide once both caches are complete. The informers have an owner. */
  void start() {
    queue.onReady(this::moreWork);
    nodeInformer.addHandler(this::nodeChanged);
    podInformer.addHandler(this::podChanged);
    nodeInformer.whenSynced(() ->
        podInformer.whenSynced(() -> {
          synchronized (lock) {
            synced = true;
          }
          moreWork();
        }));
  }

  private void nodeChanged(EventHandler.Change<Node> change) {
    if (change instanceof EventHandler.Deleted<Node>) {
      state.removeNode(change.object());
      return;
    }
    state.putNode(change.object());
    if (mayHelp(change.before(), change.object())) {
      queue.wake();
    }
  }

  /** Whether a node's change could let a pod fit that did not: heartbeats, most changes, cannot. */
  private static boolean mayHelp(@Nullable Node before, Node after) {
    return before == null
        || !Objects.equals(before.spec(), after.spec())
        || !before.metadata().labels().equals(after.metadata().labels())
        || before.status() == null
        || after.status() == null
        || !before.status().allocatable().equals(after.status().allocatable());
  }

  private void podChanged(EventHandler.Change<Pod> change) {
    Pod pod = change.object();
    ObjectKey key = ObjectKey.of(pod);
    if (change instanceof EventHandler.Deleted<Pod>) {
      queue.remove(key);
      state.forget(key);
      queue.wake();
      return;
    }
    state.putPod(pod);
    if (isPlaced(pod) || isEnding(pod)) {
      queue.remove(key);
      if (isFinished(pod)) {
        queue.wake();
      }
    } else if (isOurs(pod) && mayHelp(change.before(), pod)) {
      queue.add(key, priority(pod));
    }
  }

  /** Whether a pod's change could let it fit: its status, which we write ourselves, cannot. */
  private static boolean mayHelp(@Nullable Pod before, Pod after) {
    return before == null
        || !Objects.equals(before.spec(), after.spec())
        || !before.metadata().labels().equals(after.metadata().labels());
  }

  private void moreWork() {
    synchronized (lock) {
      if (!synced || closed || deciding || bindings >= Limits.BINDINGS_IN_FLIGHT) {
        return;
      }
      deciding = true;
    }
    environment.execute("schedule", this::decideAll);
  }

  private void decideAll() {
    while (true) {
      ObjectKey key;
      synchronized (lock) {
        key = closed || bindings >= Limits.BINDINGS_IN_FLIGHT ? null : queue.poll();
        if (key == null) {
          deciding = false;
          return;
        }
      }
      decide(key);
    }
  }

  private void decide(ObjectKey key) {
    Duration began = environment.uptime();
    Pod pod = podInformer.lister().get(key);
    PodSpec spec = pod == null ? null : pod.spec();
    if (pod == null || spec == null || isPlaced(pod) || isEnding(pod)) {
      queue.remove(key);
      return;
    }
    if (!spec.schedulingGates().isEmpty()) {
      queue.remove(key);
      report.gated(pod);
      return;
    }
    switch (decider.decide(pod, spec, state.nodes())) {
      case Decision.Place(String nodeName) -> {
        state.assume(key, spec, nodeName);
        synchronized (lock) {
          bindings++;
        }
        environment.execute("bind", () -> bind(pod, key, nodeName, began));
      }
      case Decision.Unschedulable(String message) -> {
        log.info("event=unschedulable pod={} reason=\"{}\"", key, message);
        metrics.attempted("unschedulable", name, environment.uptime().minus(began));
        queue.park(key);
        environment.execute("report", () -> report.unschedulable(pod, message));
      }
    }
  }

  private void bind(Pod pod, ObjectKey key, String nodeName, Duration began) {
    try {
      pods.inNamespace(key.namespace())
          .post(key.name(), "binding", binding(pod, nodeName), Status.TYPE);
      queue.remove(key);
      metrics.attempted("scheduled", name, environment.uptime().minus(began));
      log.info("event=scheduled pod={} node={}", key, nodeName);
      events.event(
          pod,
          EventRecorder.Type.NORMAL,
          "Scheduled",
          "Successfully assigned " + key + " to " + nodeName);
    } catch (ApiException.NotFound gone) {
      state.forget(key);
      queue.remove(key);
    } catch (ApiException failure) {
      // A conflict means that the pod has a node already, or is another pod by now: the watch
      // tells.
      state.forget(key);
      queue.retry(key);
      metrics.attempted("error", name, environment.uptime().minus(began));
      log.warn("event=bind-failed pod={} node={} error={}", key, nodeName, failure.getMessage());
    } finally {
      synchronized (lock) {
        bindings--;
      }
      moreWork();
    }
  }

  private static Binding binding(Pod pod, String nodeName) {
    return Binding.builder()
        .metadata(
            ObjectMeta.builder()
                .namespace(pod.metadata().namespace())
                .name(pod.metadata().name())
                .uid(pod.metadata().uid())
                .build())
        .target(ObjectReference.builder().kind("Node").name(nodeName).build())
        .build();
  }

  private boolean isOurs(Pod pod) {
    PodSpec spec = pod.spec();
    return spec != null && name.equals(spec.schedulerName());
  }

  private static boolean isPlaced(Pod pod) {
    PodSpec spec = pod.spec();
    return spec != null && spec.nodeName() != null && !spec.nodeName().isEmpty();
  }

  private static boolean isEnding(Pod pod) {
    return pod.metadata().deletionTimestamp() != null || isFinished(pod);
  }

  private static boolean isFinished(Pod pod) {
    String phase = pod.status() == null ? null : pod.status().phase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  private static int priority(Pod pod) {
    Integer priority = pod.spec() == null ? null : pod.spec().priority();
    return priority == null ? 0 : priority;
  }

  /** Decides no more; placements on their way are finished by the API or forgotten with us. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
  }
}
