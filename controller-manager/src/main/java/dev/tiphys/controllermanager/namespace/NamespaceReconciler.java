package dev.tiphys.controllermanager.namespace;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.core.v1.NamespaceSpec;
import dev.tiphys.api.core.v1.NamespaceStatus;
import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ListOptions;
import dev.tiphys.client.ObjectHead;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.Limits;
import dev.tiphys.controllermanager.common.Absent;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties a namespace that is deleted, then takes our finalizer from its spec, upon which the API
 * server removes it. Pods go first, and the rest only after them, so that what protects a pod (a
 * policy, a claim) outlives it (KEP-5080).
 */
public final class NamespaceReconciler implements Reconciler<ObjectKey> {

  private static final Logger log = LoggerFactory.getLogger(NamespaceReconciler.class);
  private static final String FINALIZER = "kubernetes";
  private static final DeleteOptions BACKGROUND =
      DeleteOptions.builder().propagationPolicy("Background").build();

  private final Client client;
  private final ResourceClient<Namespace> namespaces;
  private final Lister<Namespace> lister;
  private final Environment environment;

  /** Makes the reconciler. */
  public NamespaceReconciler(Client client, Lister<Namespace> lister, Environment environment) {
    this.client = client;
    this.namespaces = client.resource(Resources.NAMESPACES);
    this.lister = lister;
    this.environment = environment;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Namespace cached = lister.get(key);
    if (cached == null || cached.metadata().deletionTimestamp() == null || !ours(cached)) {
      return Result.DONE;
    }
    Optional<Namespace> found = namespaces.find(key.name());
    if (found.isEmpty() || !ours(found.get())) {
      return Result.DONE;
    }
    Namespace namespace = found.get();
    if (namespace.status() == null || !"Terminating".equals(namespace.status().phase())) {
      namespace = report(namespace, status(namespace).withPhase("Terminating"));
    }
    Remains remains = empty(key.name());
    if (remains.none()) {
      finish(namespace);
      return Result.DONE;
    }
    report(namespace, remains.status(status(namespace), environment.clock().instant()));
    return Result.after(Limits.NAMESPACE_RETRY);
  }

  private static boolean ours(Namespace namespace) {
    return namespace.spec() != null && namespace.spec().finalizers().contains(FINALIZER);
  }

  private static NamespaceStatus status(Namespace namespace) {
    return Absent.or(namespace.status(), NamespaceStatus.builder().build());
  }

  private Namespace report(Namespace namespace, NamespaceStatus status) {
    return status.equals(namespace.status())
        ? namespace
        : namespaces.updateStatus(namespace.withStatus(status));
  }

  private void finish(Namespace namespace) {
    NamespaceSpec spec = Absent.never(namespace.spec());
    List<String> others =
        spec.finalizers().stream().filter(each -> !each.equals(FINALIZER)).toList();
    String name = Absent.empty(namespace.metadata().name());
    namespaces.put(
        name, "finalize", namespace.withSpec(spec.withFinalizers(others)), Namespace.TYPE);
    log.info("event=namespace-emptied namespace={}", name);
  }

  private Remains empty(String namespace) {
    Remains remains = new Remains();
    empty(Resources.PODS, namespace, remains);
    if (!remains.none()) {
      return remains;
    }
    List<ResourceType<ObjectHead>> types;
    try {
      types = client.discover();
    } catch (ApiException failure) {
      return new Remains(
          remains.byResource(),
          remains.byFinalizer(),
          remains.failures(),
          Absent.empty(failure.getMessage()));
    }
    for (ResourceType<ObjectHead> type : types) {
      if (type.namespaced() && type.verbs().containsAll(Set.of("list", "delete"))) {
        empty(type, namespace, remains);
      }
    }
    return remains;
  }

  /** Deletes all objects of a resource and counts those that are still there afterwards. */
  private void empty(ResourceType<?> type, String namespace, Remains remains) {
    ResourceClient<ObjectHead> heads = client.heads(type).inNamespace(namespace);
    String name = type.plural() + "." + type.group();
    try {
      List<ObjectHead> before = heads.listAll(ListOptions.ALL).items();
      if (before.isEmpty()) {
        return;
      }
      if (type.verbs().contains("deletecollection")) {
        heads.deleteCollection(BACKGROUND, ListOptions.ALL);
      } else {
        before.forEach(head -> delete(heads, head));
      }
      List<ObjectHead> after = heads.listAll(ListOptions.ALL).items();
      if (!after.isEmpty()) {
        remains.byResource().put(name, after.size());
      }
      for (ObjectHead head : after) {
        for (String finalizer : head.metadata().finalizers()) {
          remains.byFinalizer().merge(finalizer, 1, Integer::sum);
        }
      }
    } catch (ApiException.NotFound notServed) {
      log.debug("event=resource-not-served resource={}", name);
    } catch (ApiException failure) {
      remains.failures().add(name + ": " + failure.getMessage());
    }
  }

  private static void delete(ResourceClient<ObjectHead> heads, ObjectHead head) {
    try {
      heads.delete(Absent.empty(head.metadata().name()), BACKGROUND);
    } catch (ApiException.NotFound gone) {
      log.debug("event=already-gone object={}", head.metadata().name());
    }
  }
}
