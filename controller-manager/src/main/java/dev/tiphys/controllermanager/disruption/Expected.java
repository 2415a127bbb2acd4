package dev.tiphys.controllermanager.disruption;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.meta.v1.OwnerReference;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.client.Client;
import dev.tiphys.client.Owners;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.common.Absent;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many pods there should be, by those who look after them. Budgets that are a share, or a
 * number of pods that may lack, are shares of that. Thread-safe.
 */
final class Expected {

  /** An owner that cannot tell how many pods it wants. */
  static final class Unscalable extends RuntimeException {
    Unscalable(String message) {
      super(message);
    }
  }

  private final Client client;
  private final Lister<ReplicaSet> sets;
  private final Lister<Deployment> deployments;

  Expected(Client client, Lister<ReplicaSet> sets, Lister<Deployment> deployments) {
    this.client = client;
    this.sets = sets;
    this.deployments = deployments;
  }

  /**
   * The sum over all who control any of the pods. Pods without a controller count for nothing.
   *
   * @throws Unscalable if one of the controllers has no number of replicas
   */
  int of(Collection<Pod> pods) {
    Set<String> counted = new HashSet<>();
    int sum = 0;
    for (Pod pod : pods) {
      OwnerReference owner = Owners.controllerOf(pod);
      if (owner != null && counted.add(Absent.empty(owner.uid()))) {
        sum += replicas(Absent.empty(pod.metadata().namespace()), owner, counted);
      }
    }
    return sum;
  }

  private int replicas(String namespace, OwnerReference owner, Set<String> counted) {
    String name = Absent.empty(owner.name());
    String group = Absent.empty(owner.apiVersion()).replaceFirst("/?[^/]*$", "");
    return switch (group + "/" + owner.kind()) {
      case "apps/ReplicaSet" -> ofSet(sets.get(namespace, name), owner, counted);
      case "apps/StatefulSet" ->
          client
              .resource(Resources.STATEFUL_SETS)
              .inNamespace(namespace)
              .find(name)
              .filter(set -> is(owner, set))
              .map(set -> set.spec() == null ? 0 : Absent.zero(set.spec().replicas()))
              .orElse(0);
      case "/ReplicationController" ->
          Optional.of(client.resource(Resources.REPLICATION_CONTROLLERS).inNamespace(namespace))
              .flatMap(controllers -> controllers.find(name))
              .filter(controller -> is(owner, controller))
              .map(each -> each.spec() == null ? 0 : Absent.zero(each.spec().replicas()))
              .orElse(0);
      default ->
          throw new Unscalable(
              owner.apiVersion()
                  + "/"
                  + owner.kind()
                  + " does not implement the scale subresource");
    };
  }

  /** A set that rolls out for a Deployment has a part of its pods only. */
  private int ofSet(@Nullable ReplicaSet set, OwnerReference reference, Set<String> counted) {
    if (set == null || !is(reference, set)) {
      return 0;
    }
    OwnerReference above = Owners.controllerOf(set);
    Deployment deployment =
        above == null || !"Deployment".equals(above.kind())
            ? null
            : deployments.get(Absent.empty(set.metadata().namespace()), Absent.empty(above.name()));
    if (above != null && deployment != null && is(above, deployment)) {
      boolean first = counted.add(Absent.empty(above.uid()));
      return first && deployment.spec() != null ? Absent.zero(deployment.spec().replicas()) : 0;
    }
    return set.spec() == null ? 0 : Absent.zero(set.spec().replicas());
  }

  private static boolean is(OwnerReference reference, ApiObject object) {
    return Absent.empty(reference.uid()).equals(object.metadata().uid());
  }
}
