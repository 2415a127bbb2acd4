package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * All that is served, ready to answer: what is built in, and what definitions brought at run time,
 * which changes as a whole. Thread-safe.
 */
public final class Endpoints {

  private record Key(String group, String version, String plural) {
    static Key of(ResourceType<?> type) {
      return new Key(type.group(), type.version(), type.plural());
    }
  }

  private final List<Endpoint<?>> all;
  private final List<Unstored> actions;
  private final Map<Key, Endpoint<?>> byKey = new HashMap<>();
  private final Map<Key, Unstored> actionByKey = new HashMap<>();
  private final Set<String> groupVersions = new HashSet<>();
  private volatile Custom custom = new Custom(List.of(), Map.of(), Set.of());
  private final List<Runnable> extended = new CopyOnWriteArrayList<>();

  /** What was brought at run time. */
  private record Custom(
      List<Endpoint<?>> all, Map<Key, Endpoint<?>> byKey, Set<String> groupVersions) {}

  /** Indexes. */
  public Endpoints(List<Endpoint<?>> endpoints, List<Unstored> actions) {
    this.all = List.copyOf(endpoints);
    this.actions = List.copyOf(actions);
    for (Endpoint<?> endpoint : all) {
      byKey.put(Key.of(endpoint.type()), endpoint);
      groupVersions.add(endpoint.type().kind().apiVersion());
    }
    for (Unstored action : this.actions) {
      actionByKey.put(Key.of(action.type()), action);
      groupVersions.add(action.type().kind().apiVersion());
    }
  }

  /** Every stored resource that is built in. */
  public List<Endpoint<?>> all() {
    return all;
  }

  /** Every resource that is not stored. */
  public List<Unstored> actions() {
    return actions;
  }

  /** A resource by its place in paths, or null. */
  public @Nullable Endpoint<?> find(String group, String version, String plural) {
    Key key = new Key(group, version, plural);
    Endpoint<?> builtIn = byKey.get(key);
    return builtIn == null ? custom.byKey().get(key) : builtIn;
  }

  /** A resource that is not stored, or null. */
  public @Nullable Unstored action(String group, String version, String plural) {
    return actionByKey.get(new Key(group, version, plural));
  }

  /**
   * A resource by its facts.
   *
   * @throws NullPointerException if it is not served
   */
  @SuppressWarnings("unchecked") // an endpoint is found under the type that it was made with
  public <T extends ApiObject> Endpoint<T> of(ResourceType<T> type) {
    return (Endpoint<T>)
        Objects.requireNonNull(byKey.get(Key.of(type)), () -> type.plural() + " are not served");
  }

  /** Whether a group version has any resource. */
  public boolean serves(String group, String version) {
    String groupVersion = group.isEmpty() ? version : group + "/" + version;
    return groupVersions.contains(groupVersion) || custom.groupVersions().contains(groupVersion);
  }

  /** The resources that were brought at run time; the same list until {@link #extend}. */
  public List<Endpoint<?>> custom() {
    return custom.all();
  }

  /** Serves other resources in the place of those that were brought at run time before. */
  public void extend(List<Endpoint<?>> endpoints) {
    Map<Key, Endpoint<?>> found = new HashMap<>();
    Set<String> versions = new HashSet<>();
    for (Endpoint<?> endpoint : endpoints) {
      found.put(Key.of(endpoint.type()), endpoint);
      versions.add(endpoint.type().kind().apiVersion());
    }
    custom = new Custom(List.copyOf(endpoints), Map.copyOf(found), Set.copyOf(versions));
    extended.forEach(Runnable::run);
  }

  /** Has something done whenever other resources are served at run time; it must not block. */
  public void onExtended(Runnable action) {
    extended.add(action);
  }
}
