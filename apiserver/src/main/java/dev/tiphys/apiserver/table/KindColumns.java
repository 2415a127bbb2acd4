package dev.tiphys.apiserver.table;

import static dev.tiphys.apiserver.table.Cells.text;

import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.DeploymentSpec;
import dev.tiphys.api.apps.v1.DeploymentStatus;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.apps.v1.ReplicaSetSpec;
import dev.tiphys.api.apps.v1.ReplicaSetStatus;
import dev.tiphys.api.coordination.v1.Lease;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Endpoints;
import dev.tiphys.api.core.v1.Event;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.core.v1.Secret;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServiceAccount;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import dev.tiphys.api.rbac.v1.ClusterRole;
import dev.tiphys.api.rbac.v1.ClusterRoleBinding;
import dev.tiphys.api.rbac.v1.Role;
import dev.tiphys.api.rbac.v1.RoleBinding;
import dev.tiphys.api.rbac.v1.RoleRef;
import dev.tiphys.api.rbac.v1.Subject;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.table.Columns.Column;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of each kind, as upstream's printers have them. */
public final class KindColumns {

  private static final Column CONTAINERS = Column.wide("Containers");
  private static final Column IMAGES = Column.wide("Images");
  private static final Column SELECTOR = Column.wide("Selector");

  private KindColumns() {}

  /** NAME and AGE, for kinds without columns of their own. */
  public static <T extends ApiObject> Columns<T> nameAndAge() {
    return new Columns<>(
        List.of(Column.nameColumn(), Column.ageColumn()),
        (object, now) -> Arrays.asList(Cells.name(object), Cells.age(object, now)));
  }

  /** Of Pods. */
  public static Columns<Pod> pods() {
    return PodColumns.COLUMNS;
  }

  /** Of core Events. */
  public static Columns<Event> events() {
    return EventColumns.COLUMNS;
  }

  /** Of Services. */
  public static Columns<Service> services() {
    return ServiceColumns.SERVICES;
  }

  /** Of Endpoints. */
  public static Columns<Endpoints> endpoints() {
    return ServiceColumns.ENDPOINTS;
  }

  /** Of EndpointSlices. */
  public static Columns<EndpointSlice> endpointSlices() {
    return ServiceColumns.SLICES;
  }

  /** Of Nodes. */
  public static Columns<Node> nodes() {
    return NodeColumns.COLUMNS;
  }

  /** Of Namespaces. */
  public static Columns<Namespace> namespaces() {
    return new Columns<>(
        List.of(Column.nameColumn(), Column.of("Status", "string"), Column.ageColumn()),
        (namespace, now) ->
            Arrays.asList(
                Cells.name(namespace),
                namespace.status() == null ? "" : text(namespace.status().phase()),
                Cells.age(namespace, now)));
  }

  /** Of ConfigMaps. */
  public static Columns<ConfigMap> configMaps() {
    return new Columns<>(
        List.of(Column.nameColumn(), Column.of("Data", "string"), Column.ageColumn()),
        (map, now) ->
            Arrays.asList(
                Cells.name(map), map.data().size() + map.binaryData().size(), Cells.age(map, now)));
  }

  /** Of Secrets. */
  public static Columns<Secret> secrets() {
    return new Columns<>(
        List.of(
            Column.nameColumn(),
            Column.of("Type", "string"),
            Column.of("Data", "string"),
            Column.ageColumn()),
        (secret, now) ->
            Arrays.asList(
                Cells.name(secret),
                text(secret.type()),
                secret.data().size(),
                Cells.age(secret, now)));
  }

  /** Of ServiceAccounts. */
  public static Columns<ServiceAccount> serviceAccounts() {
    return new Columns<>(
        List.of(Column.nameColumn(), Column.of("Secrets", "string"), Column.ageColumn()),
        (account, now) ->
            Arrays.asList(Cells.name(account), account.secrets().size(), Cells.age(account, now)));
  }

  /** Of Leases. */
  public static Columns<Lease> leases() {
    return new Columns<>(
        List.of(Column.nameColumn(), Column.of("Holder", "string"), Column.ageColumn()),
        (lease, now) ->
            Arrays.asList(
                Cells.name(lease),
                lease.spec() == null ? "" : text(lease.spec().holderIdentity()),
                Cells.age(lease, now)));
  }

  /** Of Deployments. */
  public static Columns<Deployment> deployments() {
    return new Columns<>(
        List.of(
            Column.nameColumn(),
            Column.of("Ready", "string"),
            Column.of("Up-to-date", "string"),
            Column.of("Available", "string"),
            Column.ageColumn(),
            CONTAINERS,
            IMAGES,
            SELECTOR),
        KindColumns::deployment);
  }

  private static List<@Nullable Object> deployment(Deployment deployment, Instant now) {
    DeploymentSpec spec = deployment.spec();
    DeploymentStatus status = deployment.status();
    int desired = spec == null ? 0 : Cells.number(spec.replicas());
    List<Container> containers = containers(spec == null ? null : spec.template());
    return Arrays.asList(
        Cells.name(deployment),
        (status == null ? 0 : Cells.number(status.readyReplicas())) + "/" + desired,
        status == null ? 0 : Cells.number(status.updatedReplicas()),
        status == null ? 0 : Cells.number(status.availableReplicas()),
        Cells.age(deployment, now),
        Cells.containerNames(containers),
        Cells.containerImages(containers),
        Cells.selector(spec == null ? null : spec.selector()));
  }

  /** Of ReplicaSets. */
  public static Columns<ReplicaSet> replicaSets() {
    return new Columns<>(
        List.of(
            Column.nameColumn(),
            Column.of("Desired", "integer"),
            Column.of("Current", "integer"),
            Column.of("Ready", "integer"),
            Column.ageColumn(),
            CONTAINERS,
            IMAGES,
            SELECTOR),
        KindColumns::replicaSet);
  }

  private static List<@Nullable Object> replicaSet(ReplicaSet replicaSet, Instant now) {
    ReplicaSetSpec spec = replicaSet.spec();
    ReplicaSetStatus status = replicaSet.status();
    List<Container> containers = containers(spec == null ? null : spec.template());
    return Arrays.asList(
        Cells.name(replicaSet),
        spec == null ? 0 : Cells.number(spec.replicas()),
        status == null ? 0 : Cells.number(status.replicas()),
        status == null ? 0 : Cells.number(status.readyReplicas()),
        Cells.age(replicaSet, now),
        Cells.containerNames(containers),
        Cells.containerImages(containers),
        Cells.selector(spec == null ? null : spec.selector()));
  }

  private static List<Container> containers(@Nullable PodTemplateSpec template) {
    return template == null || template.spec() == null ? List.of() : template.spec().containers();
  }

  /** Of events.k8s.io Events: the same as of core ones. */
  public static Columns<dev.tiphys.api.events.v1.Event> eventsEvents(
      java.util.function.Function<dev.tiphys.api.events.v1.Event, Event> toCore) {
    return new Columns<>(
        EventColumns.HEADINGS, (event, now) -> EventColumns.row(toCore.apply(event), now));
  }

  /** Of Roles. */
  public static Columns<Role> roles() {
    return created();
  }

  /** Of ClusterRoles. */
  public static Columns<ClusterRole> clusterRoles() {
    return created();
  }

  private static <T extends ApiObject> Columns<T> created() {
    return new Columns<>(
        List.of(Column.nameColumn(), Column.of("Created At", "date")),
        (object, _) ->
            Arrays.asList(Cells.name(object), timestamp(object.metadata().creationTimestamp())));
  }

  private static String timestamp(@Nullable Instant time) {
    return time == null
        ? Cells.UNKNOWN
        : DateTimeFormatter.ISO_INSTANT.format(time.truncatedTo(ChronoUnit.SECONDS));
  }

  /** Of RoleBindings. */
  public static Columns<RoleBinding> roleBindings() {
    return new Columns<>(
        bindingHeadings(),
        (binding, now) -> binding(binding, binding.roleRef(), binding.subjects(), now));
  }

  /** Of ClusterRoleBindings. */
  public static Columns<ClusterRoleBinding> clusterRoleBindings() {
    return new Columns<>(
        bindingHeadings(),
        (binding, now) -> binding(binding, binding.roleRef(), binding.subjects(), now));
  }

  private static List<Column> bindingHeadings() {
    return List.of(
        Column.nameColumn(),
        Column.of("Role", "string"),
        Column.ageColumn(),
        Column.wide("Users"),
        Column.wide("Groups"),
        Column.wide("ServiceAccounts"));
  }

  private static List<@Nullable Object> binding(
      ApiObject binding, @Nullable RoleRef role, List<Subject> subjects, Instant now) {
    return Arrays.asList(
        Cells.name(binding),
        role == null ? "" : text(role.kind()) + "/" + text(role.name()),
        Cells.age(binding, now),
        subjects("User", subjects),
        subjects("Group", subjects),
        subjects("ServiceAccount", subjects));
  }

  private static String subjects(String kind, List<Subject> subjects) {
    List<String> names = new ArrayList<>();
    for (Subject subject : subjects) {
      if (kind.equals(subject.kind())) {
        names.add(
            kind.equals("ServiceAccount")
                ? text(subject.namespace()) + "/" + text(subject.name())
                : text(subject.name()));
      }
    }
    return String.join(", ", names);
  }
}
