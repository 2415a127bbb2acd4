package dev.tiphys.apiserver.table;

import static dev.tiphys.apiserver.table.Cells.text;

import dev.tiphys.api.Resources;
import dev.tiphys.api.coordination.v1.Lease;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.core.v1.Secret;
import dev.tiphys.api.core.v1.ServiceAccount;
import dev.tiphys.api.rbac.v1.ClusterRoleBinding;
import dev.tiphys.api.rbac.v1.RoleBinding;
import dev.tiphys.api.rbac.v1.RoleRef;
import dev.tiphys.api.rbac.v1.Subject;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.table.Columns.Column;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The columns of each kind, as upstream's printers have them. */
public final class KindColumns {

  private static final Map<ResourceType<?>, Columns<?>> ALL = all();

  private KindColumns() {}

  private static Map<ResourceType<?>, Columns<?>> all() {
    Map<ResourceType<?>, Columns<?>> all = new HashMap<>();
    all.put(Resources.CONFIG_MAPS, configMaps());
    all.put(Resources.ENDPOINTS, ServiceColumns.ENDPOINTS);
    all.put(Resources.EVENTS, EventColumns.COLUMNS);
    all.put(Resources.NAMESPACES, namespaces());
    all.put(Resources.NODES, NodeColumns.COLUMNS);
    all.put(Resources.PODS, PodColumns.COLUMNS);
    all.put(Resources.SECRETS, secrets());
    all.put(Resources.SERVICE_ACCOUNTS, serviceAccounts());
    all.put(Resources.SERVICES, ServiceColumns.SERVICES);
    all.put(Resources.LEASES, leases());
    all.put(Resources.ENDPOINT_SLICES, ServiceColumns.SLICES);
    all.put(Resources.ROLE_BINDINGS, roleBindings());
    all.put(Resources.CLUSTER_ROLE_BINDINGS, clusterRoleBindings());
    WorkloadColumns.addTo(all);
    StorageColumns.addTo(all);
    NetworkColumns.addTo(all);
    PolicyColumns.addTo(all);
    ControlColumns.addTo(all);
    return Map.copyOf(all);
  }

  /** The columns of a resource that is stored as it is served. */
  @SuppressWarnings("unchecked") // columns stand under the type whose objects they show
  public static <T extends ApiObject> Columns<T> of(ResourceType<T> type) {
    Columns<T> found = (Columns<T>) ALL.get(type);
    return found == null ? created() : found;
  }

  private static Columns<Namespace> namespaces() {
    return new Columns<>(
        List.of(Column.nameColumn(), Column.of("Status", "string"), Column.ageColumn()),
        (namespace, now) ->
            Arrays.asList(
                Cells.name(namespace),
                namespace.status() == null ? "" : text(namespace.status().phase()),
                Cells.age(namespace, now)));
  }

  private static Columns<ConfigMap> configMaps() {
    return new Columns<>(
        List.of(Column.nameColumn(), Column.of("Data", "string"), Column.ageColumn()),
        (map, now) ->
            Arrays.asList(
                Cells.name(map), map.data().size() + map.binaryData().size(), Cells.age(map, now)));
  }

  private static Columns<Secret> secrets() {
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

  private static Columns<ServiceAccount> serviceAccounts() {
    return new Columns<>(
        List.of(Column.nameColumn(), Column.of("Secrets", "string"), Column.ageColumn()),
        (account, now) ->
            Arrays.asList(Cells.name(account), account.secrets().size(), Cells.age(account, now)));
  }

  private static Columns<Lease> leases() {
    return new Columns<>(
        List.of(Column.nameColumn(), Column.of("Holder", "string"), Column.ageColumn()),
        (lease, now) ->
            Arrays.asList(
                Cells.name(lease),
                lease.spec() == null ? "" : text(lease.spec().holderIdentity()),
                Cells.age(lease, now)));
  }

  /** The columns of kinds that have none of their own. */
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

  private static Columns<RoleBinding> roleBindings() {
    return new Columns<>(
        bindingHeadings(),
        (binding, now) -> binding(binding, binding.roleRef(), binding.subjects(), now));
  }

  private static Columns<ClusterRoleBinding> clusterRoleBindings() {
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
