package dev.tiphys.kubelet.probe;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Probe;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.cri.CriException;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.ExecResult;
import dev.tiphys.kubelet.runtime.PodIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the running containers of this node as often as their probes say, and remembers the
 * verdicts. Thread-safe; it owns its lock.
 */
public final class Probers implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Probers.class);

  /** Hears of changed verdicts and of bad answers. */
  public interface Listener {
    /** A verdict is another now; the pod should be looked at. */
    void verdictChanged(PodIdentity pod);

    /** An answer was bad, and what the event should say of it. */
    void unhealthy(PodIdentity pod, Container container, String message);
  }

  private record Key(String containerId, ProbeKind kind) {}

  private static final class Worker {
    final PodIdentity pod;
    final Target target;
    final ProbeKind kind;
    final Probe probe;
    Verdict verdict;
    Environment.@Nullable Task task;

    Worker(PodIdentity pod, Target target, ProbeKind kind, Probe probe, Verdict verdict) {
      this.pod = pod;
      this.target = target;
      this.kind = kind;
      this.probe = probe;
      this.verdict = verdict;
    }
  }

  private final ContainerRuntime runtime;
  private final Environment environment;
  private final Listener listener;
  private final Map<Key, Worker> workers = new HashMap<>();

  /** Asks nobody yet. */
  public Probers(ContainerRuntime runtime, Environment environment, Listener listener) {
    this.runtime = runtime;
    this.environment = environment;
    this.listener = listener;
  }

  /**
   * Begins to ask a running container, if it has probes and is not asked already.
   *
   * @param startedAt of the container, from which the initial delay counts
   * @param passed which of its probes it passed before this process began: a kubelet that restarts
   *     takes no pod out of its services
   */
  public synchronized void watch(
      PodIdentity pod, Target target, Instant startedAt, Set<ProbeKind> passed) {
    for (ProbeKind kind : ProbeKind.values()) {
      Probe probe = kind.of(target.container());
      Key key = new Key(target.containerId(), kind);
      if (probe != null && !workers.containsKey(key)) {
        Verdict verdict = passed.contains(kind) ? Verdict.known(true) : Verdict.initial(kind);
        Worker worker = new Worker(pod, target, kind, probe, verdict);
        workers.put(key, worker);
        if (kind == ProbeKind.STARTUP && verdict.passed()) {
          continue;
        }
        Duration delay = seconds(probe.initialDelaySeconds(), 0);
        Duration running = Duration.between(startedAt, environment.clock().instant());
        worker.task = environment.schedule(delay.minus(running), "probe", () -> ask(key, worker));
      }
    }
  }

  /** Stops asking containers of a pod, except these. */
  public synchronized void keepOnly(PodIdentity pod, Set<String> containerIds) {
    workers
        .entrySet()
        .removeIf(entry -> {
          Worker worker = entry.getValue();
          boolean drop =
              worker.pod.equals(pod) && !containerIds.contains(entry.getKey().containerId());
          if (drop && worker.task != null) {
            worker.task.cancel();
          }
          return drop;
        });
  }

  /** Whether a running container has finished starting: at once if it has no startup probe. */
  public synchronized boolean isStarted(String containerId, Container container) {
    return passed(containerId, container, ProbeKind.STARTUP);
  }

  /** Whether a running container may get traffic: at once if it has no readiness probe. */
  public synchronized boolean isReady(String containerId, Container container) {
    return isStarted(containerId, container) && passed(containerId, container, ProbeKind.READINESS);
  }

  /** Which probe says that a running container must be restarted, or null. */
  public synchronized @Nullable ProbeKind failed(String containerId) {
    for (ProbeKind kind : new ProbeKind[] {ProbeKind.LIVENESS, ProbeKind.STARTUP}) {
      Worker worker = workers.get(new Key(containerId, kind));
      if (worker != null && worker.verdict.failed(worker.probe)) {
        return kind;
      }
    }
    return null;
  }

  private boolean passed(String containerId, Container container, ProbeKind kind) {
    if (kind.of(container) == null) {
      return true;
    }
    Worker worker = workers.get(new Key(containerId, kind));
    return worker != null && worker.verdict.passed();
  }

  private void ask(Key key, Worker worker) {
    if (mayAsk(key, worker)) {
      Answer answer = question(worker);
      note(key, worker, answer);
    }
    synchronized (this) {
      boolean done = worker.kind == ProbeKind.STARTUP && worker.verdict.passed();
      if (workers.get(key) == worker && !done) {
        Duration period = seconds(worker.probe.periodSeconds(), 10);
        worker.task = environment.schedule(period, "probe", () -> ask(key, worker));
      }
    }
  }

  private synchronized boolean mayAsk(Key key, Worker worker) {
    return workers.get(key) == worker
        && (worker.kind == ProbeKind.STARTUP
            || passed(key.containerId(), worker.target.container(), ProbeKind.STARTUP));
  }

  private void note(Key key, Worker worker, Answer answer) {
    boolean changed;
    switch (answer) {
      case Answer.Unasked(String why) -> {
        log.warn(
            "event=probe-not-asked pod={} container={} kind={} error={}",
            worker.pod.namespacedName(),
            worker.target.container().name(),
            worker.kind.title(),
            why);
        return;
      }
      case Answer.Good _ -> changed = advance(key, worker, true);
      case Answer.Bad(String why) -> {
        changed = advance(key, worker, false);
        listener.unhealthy(
            worker.pod, worker.target.container(), worker.kind.title() + " probe failed: " + why);
      }
    }
    if (changed) {
      listener.verdictChanged(worker.pod);
    }
  }

  private synchronized boolean advance(Key key, Worker worker, boolean good) {
    if (workers.get(key) != worker) {
      return false;
    }
    Verdict before = worker.verdict;
    worker.verdict = before.after(good, worker.probe);
    // A startup probe that fails was not passed before either, so ask for the failure itself.
    return before.passed() != worker.verdict.passed()
        || before.failed(worker.probe) != worker.verdict.failed(worker.probe);
  }

  private Answer question(Worker worker) {
    Duration timeout = seconds(worker.probe.timeoutSeconds(), 1);
    if (worker.probe.exec() != null) {
      return exec(worker, timeout);
    }
    if (worker.probe.httpGet() != null) {
      return HttpCheck.ask(worker.probe.httpGet(), worker.target, timeout);
    }
    if (worker.probe.tcpSocket() != null) {
      return TcpCheck.ask(worker.probe.tcpSocket(), worker.target, timeout);
    }
    return new Answer.Unasked("this kubelet probes by exec, httpGet and tcpSocket only");
  }

  private Answer exec(Worker worker, Duration timeout) {
    var action = worker.probe.exec();
    try {
      ExecResult result =
          runtime.exec(
              worker.target.containerId(), action == null ? List.of() : action.command(), timeout);
      return result.exitCode() == 0 ? new Answer.Good() : new Answer.Bad(result.output());
    } catch (CriException e) {
      return e.kind() == CriException.Kind.DEADLINE_EXCEEDED
          ? new Answer.Bad("command timed out after " + timeout.toSeconds() + "s")
          : new Answer.Unasked(String.valueOf(e.getMessage()));
    }
  }

  private static Duration seconds(@Nullable Integer stated, int otherwise) {
    return Duration.ofSeconds(stated == null || stated < 0 ? otherwise : stated);
  }

  /** Stops asking. */
  @Override
  public synchronized void close() {
    for (Worker worker : workers.values()) {
      if (worker.task != null) {
        worker.task.cancel();
      }
    }
    workers.clear();
  }
}
