package dev.tiphys.simulation;

import dev.tiphys.api.Resources;
import dev.tiphys.api.meta.v1.StatusDetails;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectHead;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The API's contract in memory: versions, optimistic locking, generations, finalizers, grace
 * periods, watches with a history that can be forgotten. It knows no kind but Pod (graceful
 * deletion) and Namespace (finalization), applies no defaults and validates nothing.
 *
 * <p>Patches: JSON merge patch only.
 */
public final class SimulatedCluster {

  private final SimulatedEnvironment environment;
  private final Map<String, Table> tables = new LinkedHashMap<>();
  private final List<Change> history = new ArrayList<>();
  private final List<SimulatedWatch<?>> watches = new ArrayList<>();
  private Faults faults = Faults.NONE;
  private long version = 1;
  private long forgotten;
  private long created;

  /** A change of one object. */
  record Change(
      long version, String resource, Kind kind, ApiObject object, @Nullable ApiObject before) {

    enum Kind {
      ADDED,
      MODIFIED,
      DELETED
    }
  }

  /** The objects of one resource. */
  private record Table(ResourceType<?> type, TreeMap<ObjectKey, ApiObject> objects) {}

  /** Makes an empty cluster. */
  public SimulatedCluster(SimulatedEnvironment environment) {
    this.environment = environment;
  }

  /** From now on, calls of tasks suffer these faults. */
  public void faults(Faults now) {
    this.faults = now;
  }

  /** Forgets the history: watches from before must list anew. */
  public void compact() {
    forgotten = version;
    history.clear();
  }

  /** Ends all watches, as a restart of the server does. */
  public void breakWatches() {
    List.copyOf(watches).forEach(SimulatedWatch::breakOff);
  }

  /** A client of this cluster. */
  public Client client() {
    return new SimulatedClient();
  }

  /** All objects of a resource as they are now, for assertions. */
  public <T extends ApiObject> List<T> all(ResourceType<T> type) {
    return objects(type);
  }

  @SuppressWarnings("unchecked")
  <T extends ApiObject> List<T> objects(ResourceType<?> type) {
    return (List<T>) List.copyOf(table(type).objects.values());
  }

  @Nullable ApiObject find(ResourceType<?> type, ObjectKey key) {
    return table(type).objects.get(key);
  }

  /** Stores an object, or removes it if the new state is null, and tells the watches. */
  @Nullable ApiObject store(ResourceType<?> type, ObjectKey key, @Nullable ApiObject after) {
    TreeMap<ObjectKey, ApiObject> objects = table(type).objects;
    ApiObject before = objects.get(key);
    ApiObject state = after != null ? after : Objects.requireNonNull(before);
    ApiObject stamped =
        state.withMetadata(state.metadata().withResourceVersion(Long.toString(++version)));
    if (after == null) {
      objects.remove(key);
    } else {
      objects.put(key, stamped);
    }
    Change.Kind kind =
        after == null
            ? Change.Kind.DELETED
            : before == null ? Change.Kind.ADDED : Change.Kind.MODIFIED;
    Change change = new Change(version, id(type), kind, stamped, before);
    history.add(change);
    for (SimulatedWatch<?> watch : List.copyOf(watches)) {
      watch.offer(change, delay());
    }
    return stamped;
  }

  String newUid() {
    return "00000000-0000-4000-8000-%012d".formatted(++created);
  }

  long version() {
    return version;
  }

  SimulatedEnvironment environment() {
    return environment;
  }

  void watching(SimulatedWatch<?> watch, long after) {
    if (after < forgotten) {
      throw failure(410, "Expired", "too old resource version: " + after + " (" + forgotten + ")");
    }
    watches.add(watch);
    for (Change change : history) {
      if (change.version > after) {
        watch.offer(change, Duration.ZERO);
      }
    }
  }

  void unwatch(SimulatedWatch<?> watch) {
    watches.remove(watch);
  }

  boolean breaksWatch() {
    return environment.chance().nextDouble() < faults.broken();
  }

  /** What a call from a task goes through before it has its effect. */
  void before(String call) {
    environment.pause(delay());
    interrupted();
    if (environment.inTask() && environment.chance().nextDouble() < faults.refused()) {
      throw ApiException.unreachable(call + ": connection refused (simulated)", null);
    }
  }

  /** What it goes through afterwards. */
  void after(String call) {
    environment.pause(delay());
    interrupted();
    if (environment.inTask() && environment.chance().nextDouble() < faults.lost()) {
      throw ApiException.unreachable(call + ": connection lost (simulated)", null);
    }
  }

  private static void interrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("the call was interrupted");
    }
  }

  Duration delay() {
    long most = faults.latency().toNanos();
    return most == 0 ? Duration.ZERO : Duration.ofNanos(environment.chance().nextLong(most));
  }

  static String id(ResourceType<?> type) {
    return type.group() + "/" + type.plural();
  }

  static ApiException failure(int code, String reason, String message) {
    return ApiException.of(
        ApiException.status(code, reason, message).withDetails(StatusDetails.builder().build()));
  }

  private Table table(ResourceType<?> type) {
    return tables.computeIfAbsent(id(type), any -> new Table(type, new TreeMap<>()));
  }

  private final class SimulatedClient implements Client {

    @Override
    public <T extends ApiObject> ResourceClient<T> resource(ResourceType<T> type) {
      return new SimulatedResource<>(
          SimulatedCluster.this, type, object -> SimulatedResource.cast(object), "");
    }

    @Override
    public ResourceClient<ObjectHead> heads(ResourceType<?> type) {
      return new SimulatedResource<>(
          SimulatedCluster.this, type, object -> new ObjectHead(object.metadata()), "");
    }

    @Override
    public List<ResourceType<ObjectHead>> discover() {
      before("GET /apis");
      List<ResourceType<ObjectHead>> found = new ArrayList<>();
      for (ResourceType<?> type : Resources.ALL) {
        if (type.version().equals("v1")) {
          found.add(
              new ResourceType<>(
                  type.kind(),
                  type.plural(),
                  type.singular(),
                  type.shortNames(),
                  type.categories(),
                  type.namespaced(),
                  type.verbs(),
                  type.subresources(),
                  () -> ObjectHead.TYPE,
                  () -> ObjectHead.LIST_TYPE));
        }
      }
      return found;
    }

    @Override
    public void close() {}
  }
}
