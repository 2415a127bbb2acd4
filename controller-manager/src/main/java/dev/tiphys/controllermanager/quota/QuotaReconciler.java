package dev.tiphys.controllermanager.quota;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.ResourceQuota;
import dev.tiphys.api.core.v1.ResourceQuotaSpec;
import dev.tiphys.api.core.v1.ResourceQuotaStatus;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.usage.QuotaUsage;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ListOptions;
import dev.tiphys.client.ObjectHead;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.Limits;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what is there and writes it into each quota's status, where the API server adds what it
 * lets in meanwhile: who of the two was slower writes again. Keys: quotas.
 *
 * <p>What is there is asked of the API server, not of caches, which lag behind what it has already
 * counted.
 */
public final class QuotaReconciler implements Reconciler<ObjectKey> {

  private static final Logger log = LoggerFactory.getLogger(QuotaReconciler.class);

  /** Names of quotas without a domain, and what they count. */
  private static final Map<String, ResourceType<?>> PLAIN =
      Map.of(
          "configmaps", Resources.CONFIG_MAPS,
          "persistentvolumeclaims", Resources.PERSISTENT_VOLUME_CLAIMS,
          "replicationcontrollers", Resources.REPLICATION_CONTROLLERS,
          "resourcequotas", Resources.RESOURCE_QUOTAS,
          "secrets", Resources.SECRETS,
          "services", Resources.SERVICES);

  private final Client client;
  private final ResourceClient<ResourceQuota> quotas;
  private final Lister<ResourceQuota> lister;
  private final Function<String, List<ResourceType<ObjectHead>>> counted;

  /**
   * Makes the reconciler.
   *
   * @param counted the resource that a quota counts by a name such as {@code count/jobs.batch};
   *     empty if there is none
   */
  public QuotaReconciler(
      Client client,
      Lister<ResourceQuota> lister,
      Function<String, List<ResourceType<ObjectHead>>> counted) {
    this.client = client;
    this.quotas = client.resource(Resources.RESOURCE_QUOTAS);
    this.lister = lister;
    this.counted = counted;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    if (lister.get(key) == null) {
      return Result.DONE;
    }
    // Read before counting: if the API server counts anything in between, the write is refused.
    ResourceQuota quota = quotas.inNamespace(key.namespace()).find(key.name()).orElse(null);
    if (quota == null || quota.metadata().deletionTimestamp() != null) {
      return Result.DONE;
    }
    ResourceQuotaSpec spec = Objects.requireNonNullElse(quota.spec(), ResourceQuotaSpec.EMPTY);
    ResourceQuotaStatus status =
        ResourceQuotaStatus.builder().hard(spec.hard()).used(used(spec, key.namespace())).build();
    if (!status.equals(quota.status())) {
      try {
        quotas.updateStatus(quota.withStatus(status));
      } catch (ApiException.NotFound gone) {
        log.debug("event=quota-gone quota={}", key);
      }
    }
    boolean complete = status.used().keySet().containsAll(spec.hard().keySet());
    return Result.after(complete ? Limits.QUOTA_RESYNC : Limits.QUOTA_RETRY);
  }

  private Map<String, Quantity> used(ResourceQuotaSpec spec, String namespace) {
    Map<String, Quantity> used = new TreeMap<>();
    Set<String> names = spec.hard().keySet();
    names.forEach(name -> used.put(name, Quantity.ZERO));
    if (names.stream().anyMatch(QuotaUsage::boundsPods)) {
      add(Resources.PODS, spec, namespace, used);
    }
    if (names.stream().anyMatch(name -> name.matches("(count/)?services(\\..*)?"))) {
      add(Resources.SERVICES, spec, namespace, used);
    }
    if (names.stream().anyMatch(QuotaReconciler::boundsClaims)) {
      add(Resources.PERSISTENT_VOLUME_CLAIMS, spec, namespace, used);
    }
    for (String name : names) {
      boolean unscoped = spec.scopes().isEmpty() && spec.scopeSelector() == null;
      boolean done = QuotaUsage.boundsPods(name) || boundsClaims(name) || name.contains("services");
      if (done || !unscoped) {
        continue;
      }
      if (PLAIN.containsKey(name)) {
        used.put(name, count(Objects.requireNonNull(PLAIN.get(name)), namespace));
      } else {
        // What cannot be counted yet is not told, and nothing of it is let in.
        used.remove(name);
        counted.apply(name).forEach(type -> used.put(name, count(type, namespace)));
      }
    }
    return used;
  }

  private static boolean boundsClaims(String name) {
    return name.matches("(count/)?persistentvolumeclaims|requests\\.storage")
        || name.contains(".storageclass.storage.k8s.io/");
  }

  private <T extends ApiObject> void add(
      ResourceType<T> type, ResourceQuotaSpec spec, String namespace, Map<String, Quantity> used) {
    for (T object : client.resource(type).inNamespace(namespace).listAll(ListOptions.ALL).items()) {
      if (QuotaUsage.covers(spec, object)) {
        QuotaUsage.of(type, object)
            .forEach((name, amount) -> used.computeIfPresent(name, (_, sum) -> sum.plus(amount)));
      }
    }
  }

  private Quantity count(ResourceType<?> type, String namespace) {
    return Quantity.of(
        client.heads(type).inNamespace(namespace).listAll(ListOptions.ALL).items().size());
  }
}
