package dev.tiphys.apiserver.table;

import static dev.tiphys.apiserver.table.Cells.number;
import static dev.tiphys.apiserver.table.Cells.text;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apps.v1.DaemonSet;
import dev.tiphys.api.apps.v1.DaemonSetSpec;
import dev.tiphys.api.apps.v1.DaemonSetStatus;
import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.DeploymentSpec;
import dev.tiphys.api.apps.v1.DeploymentStatus;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.apps.v1.ReplicaSetSpec;
import dev.tiphys.api.apps.v1.ReplicaSetStatus;
import dev.tiphys.api.apps.v1.StatefulSet;
import dev.tiphys.api.apps.v1.StatefulSetSpec;
import dev.tiphys.api.apps.v1.StatefulSetStatus;
import dev.tiphys.api.batch.v1.CronJob;
import dev.tiphys.api.batch.v1.CronJobSpec;
import dev.tiphys.api.batch.v1.CronJobStatus;
import dev.tiphys.api.batch.v1.Job;
import dev.tiphys.api.batch.v1.JobSpec;
import dev.tiphys.api.batch.v1.JobStatus;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.core.v1.ReplicationController;
import dev.tiphys.api.core.v1.ReplicationControllerSpec;
import dev.tiphys.api.core.v1.ReplicationControllerStatus;
import dev.tiphys.api.meta.v1.OwnerReference;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Rows of what runs pods. */
final class WorkloadColumns {

  private WorkloadColumns() {}

  static void addTo(Map<ResourceType<?>, Columns<?>> all) {
    all.put(Resources.DEPLOYMENTS, deployments());
    all.put(Resources.REPLICA_SETS, replicaSets());
    all.put(Resources.REPLICATION_CONTROLLERS, replicationControllers());
    all.put(Resources.STATEFUL_SETS, statefulSets());
    all.put(Resources.DAEMON_SETS, daemonSets());
    all.put(Resources.JOBS, jobs());
    all.put(Resources.CRON_JOBS, cronJobs());
    all.put(
        Resources.CONTROLLER_REVISIONS,
        ColumnList.<dev.tiphys.api.apps.v1.ControllerRevision>named()
            .text("Controller", WorkloadColumns::controller)
            .text("Revision", o -> o.revision() == null ? Long.valueOf(0) : o.revision())
            .age()
            .build());
    all.put(
        Resources.POD_TEMPLATES,
        ColumnList.<dev.tiphys.api.core.v1.PodTemplate>named()
            .text("Containers", o -> Cells.containerNames(containers(o.template())))
            .text("Images", o -> Cells.containerImages(containers(o.template())))
            .text(
                "Pod Labels",
                o ->
                    Cells.labels(
                        o.template() == null || o.template().metadata() == null
                            ? Map.of()
                            : o.template().metadata().labels()))
            .build());
  }

  private static <T extends ApiObject> ColumnList<T> withContainers(
      ColumnList<T> list, Function<T, @Nullable PodTemplateSpec> template) {
    return list.wide("Containers", o -> Cells.containerNames(containers(template.apply(o))))
        .wide("Images", o -> Cells.containerImages(containers(template.apply(o))));
  }

  private static List<Container> containers(@Nullable PodTemplateSpec template) {
    return template == null || template.spec() == null ? List.of() : template.spec().containers();
  }

  private static Columns<Deployment> deployments() {
    return withContainers(
            ColumnList.<Deployment>named()
                .text("Ready", o -> number(of(o).readyReplicas()) + "/" + number(in(o).replicas()))
                .text("Up-to-date", o -> number(of(o).updatedReplicas()))
                .text("Available", o -> number(of(o).availableReplicas()))
                .age(),
            o -> in(o).template())
        .wide("Selector", o -> Cells.selector(in(o).selector()))
        .build();
  }

  private static DeploymentSpec in(Deployment object) {
    return Objects.requireNonNullElse(object.spec(), DeploymentSpec.EMPTY);
  }

  private static DeploymentStatus of(Deployment object) {
    return Objects.requireNonNullElse(object.status(), DeploymentStatus.EMPTY);
  }

  private static Columns<ReplicaSet> replicaSets() {
    return withContainers(
            ColumnList.<ReplicaSet>named()
                .number("Desired", o -> number(in(o).replicas()))
                .number("Current", o -> number(of(o).replicas()))
                .number("Ready", o -> number(of(o).readyReplicas()))
                .age(),
            o -> in(o).template())
        .wide("Selector", o -> Cells.selector(in(o).selector()))
        .build();
  }

  private static ReplicaSetSpec in(ReplicaSet object) {
    return Objects.requireNonNullElse(object.spec(), ReplicaSetSpec.EMPTY);
  }

  private static ReplicaSetStatus of(ReplicaSet object) {
    return Objects.requireNonNullElse(object.status(), ReplicaSetStatus.EMPTY);
  }

  private static Columns<ReplicationController> replicationControllers() {
    return withContainers(
            ColumnList.<ReplicationController>named()
                .number("Desired", o -> number(in(o).replicas()))
                .number("Current", o -> number(of(o).replicas()))
                .number("Ready", o -> number(of(o).readyReplicas()))
                .age(),
            o -> in(o).template())
        .wide("Selector", o -> Cells.labels(in(o).selector()))
        .build();
  }

  private static ReplicationControllerSpec in(ReplicationController object) {
    return Objects.requireNonNullElse(object.spec(), ReplicationControllerSpec.EMPTY);
  }

  private static ReplicationControllerStatus of(ReplicationController object) {
    return Objects.requireNonNullElse(object.status(), ReplicationControllerStatus.EMPTY);
  }

  private static Columns<StatefulSet> statefulSets() {
    return withContainers(
            ColumnList.<StatefulSet>named()
                .text("Ready", o -> number(of(o).readyReplicas()) + "/" + number(in(o).replicas()))
                .age(),
            o -> in(o).template())
        .build();
  }

  private static StatefulSetSpec in(StatefulSet object) {
    return Objects.requireNonNullElse(object.spec(), StatefulSetSpec.EMPTY);
  }

  private static StatefulSetStatus of(StatefulSet object) {
    return Objects.requireNonNullElse(object.status(), StatefulSetStatus.EMPTY);
  }

  private static Columns<DaemonSet> daemonSets() {
    return withContainers(
            ColumnList.<DaemonSet>named()
                .number("Desired", o -> number(of(o).desiredNumberScheduled()))
                .number("Current", o -> number(of(o).currentNumberScheduled()))
                .number("Ready", o -> number(of(o).numberReady()))
                .number("Up-to-date", o -> number(of(o).updatedNumberScheduled()))
                .number("Available", o -> number(of(o).numberAvailable()))
                .text("Node Selector", o -> Cells.labels(nodeSelector(in(o).template())))
                .age(),
            o -> in(o).template())
        .wide("Selector", o -> Cells.selector(in(o).selector()))
        .build();
  }

  private static Map<String, String> nodeSelector(@Nullable PodTemplateSpec template) {
    return template == null || template.spec() == null ? Map.of() : template.spec().nodeSelector();
  }

  private static DaemonSetSpec in(DaemonSet object) {
    return Objects.requireNonNullElse(object.spec(), DaemonSetSpec.EMPTY);
  }

  private static DaemonSetStatus of(DaemonSet object) {
    return Objects.requireNonNullElse(object.status(), DaemonSetStatus.EMPTY);
  }

  private static Columns<Job> jobs() {
    return withContainers(
            ColumnList.<Job>named()
                .text("Status", WorkloadColumns::state)
                .text("Completions", WorkloadColumns::completions)
                .timed("Duration", WorkloadColumns::duration)
                .age(),
            o -> in(o).template())
        .wide("Selector", o -> Cells.selector(in(o).selector()))
        .build();
  }

  private static String state(Job job) {
    if (holds(job, "Complete")) {
      return "Complete";
    } else if (holds(job, "Failed")) {
      return "Failed";
    } else if (job.metadata().deletionTimestamp() != null) {
      return "Terminating";
    }
    for (String condition : List.of("Suspended", "FailureTarget", "SuccessCriteriaMet")) {
      if (holds(job, condition)) {
        return condition;
      }
    }
    return "Running";
  }

  private static boolean holds(Job job, String condition) {
    return of(job).conditions().stream()
        .anyMatch(c -> condition.equals(c.type()) && "True".equals(c.status()));
  }

  private static String completions(Job job) {
    int succeeded = number(of(job).succeeded());
    Integer wanted = in(job).completions();
    if (wanted != null) {
      return succeeded + "/" + wanted;
    }
    int parallel = number(in(job).parallelism());
    return parallel > 1 ? succeeded + "/1 of " + parallel : succeeded + "/1";
  }

  private static String duration(Job job, Instant now) {
    Instant start = of(job).startTime();
    if (start == null) {
      return "";
    }
    Instant end = of(job).completionTime();
    return Cells.duration(Duration.between(start, end == null ? now : end));
  }

  private static JobSpec in(Job object) {
    return Objects.requireNonNullElse(object.spec(), JobSpec.EMPTY);
  }

  private static JobStatus of(Job object) {
    return Objects.requireNonNullElse(object.status(), JobStatus.EMPTY);
  }

  private static Columns<CronJob> cronJobs() {
    return withContainers(
            ColumnList.<CronJob>named()
                .text("Schedule", o -> text(in(o).schedule()))
                .text("Timezone", o -> in(o).timeZone() == null ? Cells.NONE : in(o).timeZone())
                .flag("Suspend", o -> Cells.flag(in(o).suspend()))
                .number("Active", o -> of(o).active().size())
                .timed(
                    "Last Schedule",
                    (o, now) ->
                        of(o).lastScheduleTime() == null
                            ? Cells.NONE
                            : Cells.since(of(o).lastScheduleTime(), now))
                .age(),
            o -> template(o).template())
        .wide("Selector", o -> Cells.selector(template(o).selector()))
        .build();
  }

  private static JobSpec template(CronJob object) {
    var template = in(object).jobTemplate();
    return template == null || template.spec() == null ? JobSpec.EMPTY : template.spec();
  }

  private static CronJobSpec in(CronJob object) {
    return Objects.requireNonNullElse(object.spec(), CronJobSpec.EMPTY);
  }

  private static CronJobStatus of(CronJob object) {
    return Objects.requireNonNullElse(object.status(), CronJobStatus.EMPTY);
  }

  /** Who made a revision: {@code statefulset.apps/web}. */
  private static String controller(ApiObject object) {
    for (OwnerReference owner : object.metadata().ownerReferences()) {
      if (Boolean.TRUE.equals(owner.controller())) {
        String version = text(owner.apiVersion());
        int slash = version.indexOf('/');
        String kind = text(owner.kind()).toLowerCase(java.util.Locale.ROOT);
        return (slash < 0 ? kind : kind + "." + version.substring(0, slash))
            + "/"
            + text(owner.name());
      }
    }
    return Cells.NONE;
  }
}
