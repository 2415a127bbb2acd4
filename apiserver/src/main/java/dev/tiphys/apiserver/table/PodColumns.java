package dev.tiphys.apiserver.table;

import static dev.tiphys.apiserver.table.Cells.text;
import static dev.tiphys.apiserver.table.Cells.textOr;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerState;
import dev.tiphys.api.core.v1.ContainerStateTerminated;
import dev.tiphys.api.core.v1.ContainerStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.api.core.v1.PodReadinessGate;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.apiserver.table.Columns.Column;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The row of a Pod, whose STATUS tells the most telling of its phase, its init containers' and its
 * containers' states.
 */
final class PodColumns {

  static final Columns<Pod> COLUMNS =
      new Columns<>(
          List.of(
              Column.nameColumn(),
              Column.of("Ready", "string"),
              Column.of("Status", "string"),
              Column.of("Restarts", "string"),
              Column.ageColumn(),
              Column.wide("IP"),
              Column.wide("Node"),
              Column.wide("Nominated Node"),
              Column.wide("Readiness Gates")),
          PodColumns::row);

  private static final PodSpec NO_SPEC = PodSpec.builder().build();
  private static final PodStatus NO_STATUS = PodStatus.builder().build();

  private final PodStatus status;
  private final PodSpec spec;
  private final boolean deleted;
  private String reason;
  private int total;
  private int ready;
  private int restarts;
  private @Nullable Instant lastRestart;

  private PodColumns(Pod pod) {
    this.spec = pod.spec() == null ? NO_SPEC : pod.spec();
    this.status = pod.status() == null ? NO_STATUS : pod.status();
    this.deleted = pod.metadata().deletionTimestamp() != null;
    this.reason = textOr(status.reason(), text(status.phase()));
    this.total = spec.containers().size();
  }

  private static List<@Nullable Object> row(Pod pod, Instant now) {
    PodColumns row = new PodColumns(pod);
    row.summarize();
    String restarts = Integer.toString(row.restarts);
    if (row.restarts != 0 && row.lastRestart != null) {
      restarts += " (" + Cells.since(row.lastRestart, now) + " ago)";
    }
    return Arrays.asList(
        Cells.name(pod),
        row.ready + "/" + row.total,
        row.reason,
        restarts,
        Cells.age(pod, now),
        row.status.podIPs().isEmpty()
            ? textOr(row.status.podIP(), Cells.NONE)
            : textOr(row.status.podIPs().getFirst().ip(), Cells.NONE),
        textOr(row.spec.nodeName(), Cells.NONE),
        textOr(row.status.nominatedNodeName(), Cells.NONE),
        row.readinessGates());
  }

  private void summarize() {
    for (PodCondition condition : status.conditions()) {
      if ("PodScheduled".equals(condition.type()) && "SchedulingGated".equals(condition.reason())) {
        reason = "SchedulingGated";
      }
    }
    if (!initializing() || conditionTrue("Initialized")) {
      containers();
    }
    if (deleted) {
      if ("NodeLost".equals(status.reason())) {
        reason = "Unknown";
      } else if (!"Succeeded".equals(status.phase()) && !"Failed".equals(status.phase())) {
        reason = "Terminating";
      }
    }
  }

  /** Walks the init containers up to the one that is being waited for, if any. */
  private boolean initializing() {
    Set<String> sidecars = new HashSet<>();
    for (Container container : spec.initContainers()) {
      if ("Always".equals(container.restartPolicy())) {
        sidecars.add(text(container.name()));
        total++;
      }
    }
    int sidecarRestarts = 0;
    Instant lastSidecarRestart = null;
    boolean waiting = false;
    int index = 0;
    for (ContainerStatus container : status.initContainerStatuses()) {
      boolean sidecar = sidecars.contains(text(container.name()));
      restarts += Cells.number(container.restartCount());
      lastRestart = later(lastRestart, lastTermination(container));
      if (sidecar) {
        sidecarRestarts += Cells.number(container.restartCount());
        lastSidecarRestart = later(lastSidecarRestart, lastTermination(container));
      }
      String problem = initProblem(container, sidecar, index);
      if (problem != null) {
        reason = problem;
        waiting = true;
        break;
      }
      index++;
    }
    if (!waiting || conditionTrue("Initialized")) {
      restarts = sidecarRestarts;
      lastRestart = lastSidecarRestart;
    }
    return waiting;
  }

  private @Nullable String initProblem(ContainerStatus container, boolean sidecar, int index) {
    ContainerState state = container.state();
    ContainerStateTerminated terminated = state == null ? null : state.terminated();
    if (terminated != null && Cells.number(terminated.exitCode()) == 0) {
      return null;
    }
    if (sidecar && Boolean.TRUE.equals(container.started())) {
      ready += Boolean.TRUE.equals(container.ready()) ? 1 : 0;
      return null;
    }
    if (terminated != null) {
      return "Init:" + ended(terminated);
    }
    String waiting = state == null || state.waiting() == null ? "" : text(state.waiting().reason());
    return waiting.isEmpty() || waiting.equals("PodInitializing")
        ? "Init:" + index + "/" + spec.initContainers().size()
        : "Init:" + waiting;
  }

  private void containers() {
    boolean running = false;
    for (ContainerStatus container : status.containerStatuses().reversed()) {
      restarts += Cells.number(container.restartCount());
      lastRestart = later(lastRestart, lastTermination(container));
      ContainerState state = container.state();
      if (state == null) {
        continue;
      }
      if (state.waiting() != null && !text(state.waiting().reason()).isEmpty()) {
        reason = text(state.waiting().reason());
      } else if (state.terminated() != null) {
        reason = ended(state.terminated());
      } else if (state.running() != null && Boolean.TRUE.equals(container.ready())) {
        running = true;
        ready++;
      }
    }
    if (reason.equals("Completed") && running) {
      reason = conditionTrue("Ready") ? "Running" : "NotReady";
    }
  }

  private static String ended(ContainerStateTerminated terminated) {
    if (!text(terminated.reason()).isEmpty()) {
      return text(terminated.reason());
    }
    int signal = Cells.number(terminated.signal());
    return signal != 0 ? "Signal:" + signal : "ExitCode:" + Cells.number(terminated.exitCode());
  }

  private static @Nullable Instant lastTermination(ContainerStatus container) {
    ContainerState last = container.lastState();
    return last == null || last.terminated() == null ? null : last.terminated().finishedAt();
  }

  private static @Nullable Instant later(@Nullable Instant a, @Nullable Instant b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.isAfter(b) ? a : b;
  }

  private boolean conditionTrue(String type) {
    return status.conditions().stream()
        .anyMatch(c -> type.equals(c.type()) && "True".equals(c.status()));
  }

  private String readinessGates() {
    if (spec.readinessGates().isEmpty()) {
      return Cells.NONE;
    }
    int passed = 0;
    for (PodReadinessGate gate : spec.readinessGates()) {
      passed += conditionTrue(text(gate.conditionType())) ? 1 : 0;
    }
    return passed + "/" + spec.readinessGates().size();
  }
}
