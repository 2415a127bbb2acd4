package dev.tiphys.controllermanager.garbage;

import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.meta.v1.OwnerReference;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.usage.QuotaUsage;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectHead;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.informer.EventHandler.Change;
import dev.tiphys.client.informer.Index;
import dev.tiphys.client.informer.Informer;
import dev.tiphys.controllermanager.Limits;
import dev.tiphys.controllermanager.common.Absent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cache for each resource whose objects can be deleted, of no more than the collector needs: who
 * an object is, who its owners are, whether it is on its way out. Resources come and go; {@link
 * #start} asks now and then.
 *
 * <p>Thread-safe; it owns its lock and calls the listener outside it.
 */
final class Monitors implements AutoCloseable {

  /** A change of an object, and what it is. */
  record News(Item item, Change<ObjectHead> change) {}

  /** An object in a cache. */
  record Found(Item item, ObjectHead head) {}

  private static final Logger log = LoggerFactory.getLogger(Monitors.class);

  /** Events are many, have no owners and own nothing. */
  private static final Set<String> IGNORED = Set.of("/events", "events.k8s.io/events");

  private final Client client;
  private final Environment environment;
  private final Consumer<News> listener;
  private volatile Map<String, Monitor> monitors = Map.of();
  private volatile Map<String, ResourceType<ObjectHead>> byKind = Map.of();
  private volatile boolean closed;

  private record Monitor(
      ResourceType<ObjectHead> type,
      Informer<ObjectHead> informer,
      Index<String, ObjectHead> byUid,
      Index<String, ObjectHead> byOwner) {}

  /** Makes monitors of nothing yet. */
  Monitors(Client client, Environment environment, Consumer<News> listener) {
    this.client = client;
    this.environment = environment;
    this.listener = listener;
  }

  /**
   * Begins to watch all there is when more urgent loops have begun, and asks again now and then.
   */
  void start() {
    environment.schedule(Limits.GARBAGE_AFTER, "garbage-discovery", this::discover);
  }

  private void discover() {
    if (closed) {
      return;
    }
    try {
      refresh(client.discover());
    } catch (ApiException failure) {
      log.warn("event=discovery-failed error={}", failure.getMessage());
    }
    Duration next = monitors.isEmpty() ? Limits.DISCOVERY_AT_FIRST : Limits.DISCOVERY;
    environment.schedule(next, "garbage-discovery", this::discover);
  }

  private void refresh(List<ResourceType<ObjectHead>> types) {
    Map<String, ResourceType<ObjectHead>> kinds = new HashMap<>();
    Map<String, Monitor> next = new LinkedHashMap<>();
    List<Monitor> added = new ArrayList<>();
    synchronized (this) {
      for (ResourceType<ObjectHead> type : types) {
        String id = type.group() + "/" + type.plural();
        kinds.put(type.group() + "/" + type.kind().kind(), type);
        if (IGNORED.contains(id) || !type.verbs().containsAll(List.of("delete", "list", "watch"))) {
          continue;
        }
        Monitor known = monitors.get(id);
        if (known == null || !known.type.version().equals(type.version())) {
          known = monitor(id, type);
          added.add(known);
        }
        next.put(id, known);
      }
      monitors.forEach((id, monitor) -> {
        if (next.get(id) != monitor) {
          monitor.informer.close();
        }
      });
      monitors = next;
      byKind = kinds;
    }
    if (!added.isEmpty()) {
      log.info("event=monitoring resources={} added={}", next.size(), added.size());
    }
    fillInTurn(List.copyOf(added), 0, 0);
  }

  /**
   * Fills caches one after another. Each costs the API server work, and a cluster that has just
   * come up has more urgent work than garbage. One that is slow to fill is not waited for for long.
   */
  private void fillInTurn(List<Monitor> added, int turn, int looks) {
    if (closed || turn == added.size()) {
      return;
    }
    Monitor monitor = added.get(turn);
    if (looks == 0 && monitors.containsValue(monitor)) {
      monitor.informer.start();
    }
    boolean over =
        looks == Limits.MONITOR_LOOKS
            || monitor.informer.hasSynced()
            || !monitors.containsValue(monitor);
    environment.schedule(
        over ? Duration.ZERO : Limits.MONITOR_LOOK,
        "garbage-monitors",
        () -> fillInTurn(added, over ? turn + 1 : turn, over ? 0 : looks + 1));
  }

  private Monitor monitor(String id, ResourceType<ObjectHead> type) {
    Informer<ObjectHead> informer =
        new Informer<>(
            client.heads(type),
            Informer.Selection.<ObjectHead>all().withTransform(Monitors::slim),
            environment);
    Index<String, ObjectHead> byUid =
        informer.index(head -> List.of(Absent.empty(head.metadata().uid())));
    Index<String, ObjectHead> byOwner =
        informer.index(head ->
            head.metadata().ownerReferences().stream()
                .map(owner -> Absent.empty(owner.uid()))
                .distinct()
                .toList());
    informer.addHandler(change -> listener.accept(new News(item(id, change.object()), change)));
    return new Monitor(type, informer, byUid, byOwner);
  }

  private static Item item(String resource, ObjectHead head) {
    return new Item(resource, ObjectKey.of(head), Absent.empty(head.metadata().uid()));
  }

  private static ObjectHead slim(ObjectHead head) {
    ObjectMeta full = head.metadata();
    return new ObjectHead(
        ObjectMeta.builder()
            .name(full.name())
            .namespace(full.namespace())
            .uid(full.uid())
            .resourceVersion(full.resourceVersion())
            .deletionTimestamp(full.deletionTimestamp())
            .ownerReferences(full.ownerReferences())
            .finalizers(full.finalizers())
            .build());
  }

  /** Whether there are caches and all are complete. */
  boolean hasSynced() {
    Map<String, Monitor> now = monitors;
    return !now.isEmpty() && now.values().stream().allMatch(each -> each.informer.hasSynced());
  }

  /** The resources whose caches are not complete. */
  List<String> unsynced() {
    return monitors.entrySet().stream()
        .filter(each -> !each.getValue().informer.hasSynced())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The resource that a quota counts by a name; none if it is not watched. */
  List<ResourceType<ObjectHead>> countedBy(String name) {
    return monitors.values().stream()
        .map(Monitor::type)
        .filter(type -> QuotaUsage.counter(type).equals(name))
        .toList();
  }

  /** The resource of an owner, or null if discovery does not know it. */
  @Nullable ResourceType<ObjectHead> typeOf(OwnerReference owner) {
    String version = Absent.empty(owner.apiVersion());
    int slash = version.indexOf('/');
    String group = slash < 0 ? "" : version.substring(0, slash);
    return byKind.get(group + "/" + Absent.empty(owner.kind()));
  }

  /** The resource of an item, or null if it is no longer served. */
  @Nullable ResourceType<ObjectHead> typeOf(Item item) {
    Monitor monitor = monitors.get(item.resource());
    return monitor == null ? null : monitor.type;
  }

  /** The object with a uid, as cached. */
  Optional<Found> find(String uid) {
    for (Map.Entry<String, Monitor> each : monitors.entrySet()) {
      List<ObjectHead> heads = each.getValue().byUid.get(uid);
      if (!heads.isEmpty()) {
        return Optional.of(new Found(item(each.getKey(), heads.getFirst()), heads.getFirst()));
      }
    }
    return Optional.empty();
  }

  /** The objects that name a uid among their owners, as cached. */
  List<Found> dependents(String uid) {
    List<Found> found = new ArrayList<>();
    monitors.forEach((id, monitor) ->
        monitor.byOwner.get(uid).forEach(head -> found.add(new Found(item(id, head), head))));
    return found;
  }

  @Override
  public void close() {
    closed = true;
    monitors.values().forEach(monitor -> monitor.informer.close());
  }
}
