package dev.tiphys.controllermanager;

import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.OwnerReference;
import dev.tiphys.api.policy.v1.PodDisruptionBudget;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.Owners;
import dev.tiphys.client.informer.Informer;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.disruption.DisruptionReconciler;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Whom a changed object concerns: the keys to reconcile. Pure but for the caches that it reads. */
final class Concerns {

  private Concerns() {}

  /** The owner of an object; for an orphan, those that select it and might adopt it. */
  static <T extends ApiObject> List<ObjectKey> ownerOrAdopters(
      ApiObject object, Informer<T> owners, Function<T, @Nullable LabelSelector> selector) {
    if (Owners.controllerOf(object) != null) {
      return owner(object, owners.type().kind().kind());
    }
    Map<String, String> labels = object.metadata().labels();
    return labels.isEmpty()
        ? List.of()
        : owners.lister().inNamespace(object.metadata().namespace()).stream()
            .filter(owner -> LabelSelectors.of(selector.apply(owner)).matches(labels))
            .map(ObjectKey::of)
            .toList();
  }

  static @Nullable LabelSelector selector(ReplicaSet set) {
    return set.spec() == null ? null : set.spec().selector();
  }

  static @Nullable LabelSelector selector(Deployment deployment) {
    return deployment.spec() == null ? null : deployment.spec().selector();
  }

  static List<String> namespaceOfOrphan(ApiObject object) {
    return Owners.controllerOf(object) == null
        ? List.of(Absent.empty(object.metadata().namespace()))
        : List.of();
  }

  static List<ObjectKey> owner(ApiObject object, String kind) {
    OwnerReference owner = Owners.controllerOf(object);
    return owner == null || !kind.equals(owner.kind())
        ? List.of()
        : List.of(ObjectKey.of(object.metadata().namespace(), owner.name()));
  }

  static List<ObjectKey> servicesOf(Pod pod, Informer<Service> services) {
    return services.lister().inNamespace(pod.metadata().namespace()).stream()
        .filter(service -> service.spec() != null && !service.spec().selector().isEmpty())
        .filter(service ->
            pod.metadata()
                .labels()
                .entrySet()
                .containsAll(Absent.never(service.spec()).selector().entrySet()))
        .map(ObjectKey::of)
        .toList();
  }

  static List<ObjectKey> budgetsOf(Pod pod, Informer<PodDisruptionBudget> budgets) {
    return budgets.lister().inNamespace(pod.metadata().namespace()).stream()
        .filter(budget -> DisruptionReconciler.covers(budget, pod))
        .map(ObjectKey::of)
        .toList();
  }

  static List<ObjectKey> namespaceOf(ApiObject object) {
    return List.of(ObjectKey.of("", object.metadata().namespace()));
  }
}
