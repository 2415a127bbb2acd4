package dev.tiphys.simulation;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.client.ListOptions;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.Page;
import dev.tiphys.client.Patch;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.WatchOptions;
import dev.tiphys.client.WatchStream;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The verbs, each with the faults of a network around it. */
final class SimulatedResource<T extends ApiObject> implements ResourceClient<T> {

  private static final String FOREGROUND = "foregroundDeletion";
  private static final String ORPHAN = "orphan";
  private static final long DEFAULT_GRACE_SECONDS = 30;

  private final SimulatedCluster cluster;
  private final ResourceType<?> type;
  private final Function<ApiObject, T> view;
  private final String namespace;

  SimulatedResource(
      SimulatedCluster cluster,
      ResourceType<?> type,
      Function<ApiObject, T> view,
      String namespace) {
    this.cluster = cluster;
    this.type = type;
    this.view = view;
    this.namespace = namespace;
  }

  @SuppressWarnings("unchecked")
  static <T extends ApiObject> T cast(ApiObject object) {
    return (T) object;
  }

  @Override
  public ResourceType<?> type() {
    return type;
  }

  @Override
  public ResourceClient<T> inNamespace(@Nullable String other) {
    return new SimulatedResource<>(cluster, type, view, other == null ? "" : other);
  }

  private <R> R call(String verb, Supplier<R> effect) {
    String call = verb + " " + type.plural();
    cluster.before(call);
    R result = effect.get();
    cluster.after(call);
    return result;
  }

  private ApiObject stored(String name) {
    ApiObject found = cluster.find(type, ObjectKey.of(namespace, name));
    if (found == null) {
      throw SimulatedCluster.failure(
          404, "NotFound", type.plural() + " \"" + name + "\" not found");
    }
    return found;
  }

  @Override
  public T get(String name) {
    return call("GET", () -> view.apply(stored(name)));
  }

  @Override
  public Page<T> list(ListOptions options) {
    return call(
        "LIST",
        () -> {
          List<T> items = new ArrayList<>();
          for (ApiObject object : cluster.objects(type)) {
            if (inScope(object)
                && Structs.selected(object, options.labelSelector(), options.fieldSelector())) {
              items.add(view.apply(object));
            }
          }
          return new Page<>(items, Long.toString(cluster.version()), null);
        });
  }

  private boolean inScope(ApiObject object) {
    return namespace.isEmpty() || namespace.equals(object.metadata().namespace());
  }

  @Override
  public WatchStream<T> watch(WatchOptions options) {
    return call(
        "WATCH",
        () -> {
          SimulatedWatch<T> watch =
              new SimulatedWatch<>(
                  cluster, SimulatedCluster.id(type), options, this::inScope, view);
          String from = options.resourceVersion();
          if (from == null || from.isEmpty() || from.equals("0")) {
            cluster.<ApiObject>objects(type).forEach(watch::initial);
            cluster.watching(watch, cluster.version());
          } else {
            cluster.watching(watch, Long.parseLong(from));
          }
          return watch;
        });
  }

  @Override
  public T create(T object) {
    return call("CREATE", () -> view.apply(created(object)));
  }

  private ApiObject created(T object) {
    ObjectMeta given = object.metadata();
    String name = given.name();
    if (name == null || name.isEmpty()) {
      name =
          Objects.requireNonNullElse(given.generateName(), "object-")
              + Integer.toString(cluster.environment().random().nextInt(36 * 36 * 36 * 36), 36);
    }
    String within = namespace.isEmpty() && type.namespaced() ? given.namespace() : namespace;
    ObjectKey key = ObjectKey.of(type.namespaced() ? within : "", name);
    if (cluster.find(type, key) != null) {
      throw SimulatedCluster.failure(
          409, "AlreadyExists", type.plural() + " \"" + name + "\" already exists");
    }
    ObjectMeta metadata =
        given.toBuilder()
            .name(name)
            .namespace(type.namespaced() ? key.namespace() : null)
            .uid(cluster.newUid())
            .generation(1L)
            .creationTimestamp(now())
            .deletionTimestamp(null)
            .build();
    return Objects.requireNonNull(cluster.store(type, key, Structs.withMetadata(object, metadata)));
  }

  @Override
  public T update(T object) {
    return call(
        "UPDATE",
        () -> {
          ApiObject before = current(object);
          ApiObject after = object;
          if (hasStatus()) {
            after = Structs.with(after, "status", Structs.get(before, "status"));
          }
          return view.apply(replace(before, after));
        });
  }

  @Override
  public T updateStatus(T object) {
    return call(
        "UPDATE STATUS",
        () -> {
          ApiObject before = current(object);
          ApiObject after = Structs.with(before, "status", Structs.get(object, "status"));
          return view.apply(replace(before, after));
        });
  }

  private boolean hasStatus() {
    return type.subresources().stream().anyMatch(each -> each.name().equals("status"));
  }

  private ApiObject current(ApiObject object) {
    ObjectMeta given = object.metadata();
    String within = namespace.isEmpty() ? given.namespace() : namespace;
    ApiObject before =
        cluster.find(type, ObjectKey.of(type.namespaced() ? within : "", given.name()));
    if (before == null) {
      throw SimulatedCluster.failure(
          404, "NotFound", type.plural() + " \"" + given.name() + "\" not found");
    }
    ObjectMeta now = before.metadata();
    boolean stale =
        given.resourceVersion() != null
            && !given.resourceVersion().isEmpty()
            && !given.resourceVersion().equals(now.resourceVersion());
    if (stale || (given.uid() != null && !given.uid().equals(now.uid()))) {
      throw SimulatedCluster.failure(
          409,
          "Conflict",
          type.plural() + " \"" + given.name() + "\": the object has been modified");
    }
    return before;
  }

  private ApiObject replace(ApiObject before, ApiObject after) {
    ObjectMeta was = before.metadata();
    boolean changed = !Structs.sameDesire(before, after);
    long generation = Objects.requireNonNullElse(was.generation(), 1L);
    ObjectMeta metadata =
        after.metadata().toBuilder()
            .uid(was.uid())
            .namespace(was.namespace())
            .creationTimestamp(was.creationTimestamp())
            .deletionTimestamp(was.deletionTimestamp())
            .deletionGracePeriodSeconds(was.deletionGracePeriodSeconds())
            .generation(changed ? generation + 1 : generation)
            .resourceVersion(was.resourceVersion())
            .build();
    ApiObject next = after.withMetadata(metadata);
    ObjectKey key = ObjectKey.of(before);
    if (ended(next)) {
      return Objects.requireNonNull(cluster.store(type, key, null));
    }
    // A write that changes nothing makes no version.
    return next.equals(before) ? before : Objects.requireNonNull(cluster.store(type, key, next));
  }

  private static boolean ended(ApiObject object) {
    ObjectMeta metadata = object.metadata();
    boolean waits =
        object instanceof Namespace space
            && space.spec() != null
            && !space.spec().finalizers().isEmpty();
    Long grace = metadata.deletionGracePeriodSeconds();
    return metadata.deletionTimestamp() != null
        && metadata.finalizers().isEmpty()
        && !waits
        && (grace == null || grace == 0);
  }

  @Override
  public T patch(String name, String subresource, Patch patch) {
    return call(
        "PATCH",
        () -> {
          if (!(patch instanceof Patch.Merge(String text))) {
            throw new UnsupportedOperationException("the simulator knows merge patches only");
          }
          ApiObject before = stored(name);
          String merged = MergePatch.apply(JsonCodec.encodeToString(before), text);
          ApiObject after = (ApiObject) JsonCodec.decode(merged, before.structType());
          current(after);
          return view.apply(replace(before, after));
        });
  }

  @Override
  public void delete(String name, DeleteOptions options) {
    call(
        "DELETE",
        () -> {
          delete(stored(name), options);
          return "";
        });
  }

  private void delete(ApiObject object, DeleteOptions options) {
    check(object, options);
    ObjectMeta was = object.metadata();
    List<String> finalizers = new ArrayList<>(was.finalizers());
    boolean foreground = "Foreground".equals(options.propagationPolicy());
    boolean orphan = "Orphan".equals(options.propagationPolicy());
    if (foreground && !finalizers.contains(FOREGROUND)) {
      finalizers.add(FOREGROUND);
    }
    if (orphan && !finalizers.contains(ORPHAN)) {
      finalizers.add(ORPHAN);
    }
    long grace = grace(object, options);
    Instant deadline =
        was.deletionTimestamp() == null ? now().plusSeconds(grace) : was.deletionTimestamp();
    ApiObject dying =
        object.withMetadata(
            was.toBuilder()
                .finalizers(finalizers)
                .deletionTimestamp(deadline)
                .deletionGracePeriodSeconds(grace)
                .build());
    if (dying instanceof Namespace space && space.status() != null) {
      dying = space.withStatus(space.status().withPhase("Terminating"));
    }
    cluster.store(type, ObjectKey.of(object), ended(dying) ? null : dying);
  }

  private static long grace(ApiObject object, DeleteOptions options) {
    if (!(object instanceof Pod pod) || pod.spec() == null || pod.spec().nodeName() == null) {
      return 0;
    }
    Long asked = options.gracePeriodSeconds();
    long wanted =
        asked != null
            ? asked
            : Objects.requireNonNullElse(
                pod.spec().terminationGracePeriodSeconds(), DEFAULT_GRACE_SECONDS);
    Long before = pod.metadata().deletionGracePeriodSeconds();
    return before == null ? wanted : Math.min(before, wanted);
  }

  private void check(ApiObject object, DeleteOptions options) {
    var preconditions = options.preconditions();
    if (preconditions == null) {
      return;
    }
    ObjectMeta metadata = object.metadata();
    boolean other = preconditions.uid() != null && !preconditions.uid().equals(metadata.uid());
    boolean stale =
        preconditions.resourceVersion() != null
            && !preconditions.resourceVersion().equals(metadata.resourceVersion());
    if (other || stale) {
      throw SimulatedCluster.failure(
          409, "Conflict", "Precondition failed: " + type.plural() + " " + metadata.name());
    }
  }

  @Override
  public void deleteCollection(DeleteOptions options, ListOptions selection) {
    call(
        "DELETE COLLECTION",
        () -> {
          for (ApiObject object : cluster.<ApiObject>objects(type)) {
            if (inScope(object)
                && Structs.selected(object, selection.labelSelector(), selection.fieldSelector())) {
              delete(object, options);
            }
          }
          return "";
        });
  }

  @Override
  public <R extends Struct> R post(
      String name, String subresource, Struct body, StructType<R> answer) {
    throw new UnsupportedOperationException("the simulator has no subresource " + subresource);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <R extends Struct> R put(
      String name, String subresource, Struct body, StructType<R> answer) {
    if (!subresource.equals("finalize") || !(body instanceof Namespace wanted)) {
      throw new UnsupportedOperationException("the simulator has no subresource " + subresource);
    }
    return (R)
        call(
            "PUT finalize",
            () -> {
              Namespace before = (Namespace) current(wanted);
              return replace(before, before.withSpec(wanted.spec()));
            });
  }

  @Override
  public <R extends Struct> R get(String name, String subresource, StructType<R> answer) {
    throw new UnsupportedOperationException("the simulator has no subresource " + subresource);
  }

  @Override
  public InputStream stream(String name, String subresource, Map<String, String> query) {
    return new ByteArrayInputStream(new byte[0]);
  }

  private Instant now() {
    return cluster.environment().clock().instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
