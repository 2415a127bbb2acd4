package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.selector.FieldSelector;
import dev.tiphys.api.selector.LabelMatcher;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.ListOptions;
import dev.tiphys.apiserver.storage.ListPage;
import dev.tiphys.apiserver.storage.ListQuery;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.ReadAt;
import dev.tiphys.apiserver.storage.ResourceStore;
import dev.tiphys.apiserver.storage.Selection;
import dev.tiphys.apiserver.storage.StorageException;
import dev.tiphys.apiserver.storage.Stored;
import dev.tiphys.apiserver.storage.WatchQuery;
import dev.tiphys.apiserver.storage.WatchQuery.Start;
import dev.tiphys.apiserver.storage.Watcher;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads objects of one resource: get, list, and the beginning of a watch. Thread-safe. */
public final class Reads<T extends ApiObject> {

  private static final String NAME = "metadata.name";
  private static final String NAMESPACE = "metadata.namespace";

  private final ResourceType<T> type;
  private final Strategy<T> strategy;

  /** Fields by which the kind selects, where its strategy does not say any. */
  private final List<String> common;

  private final ResourceStore<T> store;

  Reads(ServedResource<T> resource, ResourceStore<T> store) {
    this.type = resource.type();
    this.strategy = resource.strategy();
    this.common = strategy.selectableFields().isEmpty() ? SelectableFields.of(type) : List.of();
    this.store = store;
  }

  /**
   * Reads one object.
   *
   * @param resourceVersion at least as fresh; empty for the newest, {@code 0} for any
   * @throws ApiException 404 if there is none
   */
  public Stored<T> get(ObjectKey key, String resourceVersion) {
    try {
      return store.get(key, readAt(resourceVersion));
    } catch (StorageException e) {
      throw StoreErrors.of(e, type, key.name());
    }
  }

  /** The newest state of an object, or null. */
  public @Nullable T find(ObjectKey key) {
    try {
      Stored<T> stored = store.find(key, ReadAt.LATEST);
      return stored == null ? null : stored.object();
    } catch (StorageException e) {
      throw StoreErrors.of(e, type, key.name());
    }
  }

  /** Reads a list. */
  public ListPage<T> list(String namespace, ListOptions options) {
    boolean continues = !options.continueToken().isEmpty();
    ReadAt at = continues ? ReadAt.LATEST : readAt(options);
    // As upstream: whoever takes any state gets it whole, from the cache.
    boolean whole = options.resourceVersion().equals("0") && !continues;
    int limit = whole ? 0 : (int) Math.min(Integer.MAX_VALUE, options.limit());
    try {
      return store.list(
          new ListQuery<>(
              selection(namespace, options),
              at,
              limit,
              continues ? options.continueToken() : null));
    } catch (StorageException e) {
      throw StoreErrors.of(e, type, "");
    }
  }

  /**
   * At which revision a list begins, by the table under "Semantics for get and list" of the API's
   * concepts.
   */
  private static ReadAt readAt(ListOptions options) {
    ReadAt at = readAt(options.resourceVersion());
    // Pages of a version that is named, without a word on how to match it, are of just that one.
    boolean pagesOfOne = options.limit() > 0 && options.resourceVersionMatch().isEmpty();
    return at instanceof ReadAt.NotOlderThan(long revision) && (options.exact() || pagesOfOne)
        ? new ReadAt.Exact(revision)
        : at;
  }

  /** Begins a watch. */
  public Watcher<T> watch(String namespace, ListOptions options) {
    Selection<T> selection = selection(namespace, options);
    try {
      return store.watch(
          new WatchQuery<>(selection, start(options), options.allowWatchBookmarks()));
    } catch (StorageException e) {
      throw StoreErrors.of(e, type, "");
    }
  }

  private Start start(ListOptions options) {
    String version = options.resourceVersion();
    boolean unset = version.isEmpty() || version.equals("0");
    if (Boolean.TRUE.equals(options.sendInitialEvents())) {
      return new Start.WithState(readAt(version), options.allowWatchBookmarks());
    }
    if (!unset) {
      return new Start.After(revision(version));
    }
    if (options.sendInitialEvents() != null) {
      ListPage<T> now = store.list(new ListQuery<>(Selection.all(), ReadAt.LATEST, 1, null));
      return new Start.After(now.revision());
    }
    return new Start.WithState(readAt(version), false);
  }

  private static ReadAt readAt(String version) {
    if (version.isEmpty()) {
      return ReadAt.LATEST;
    }
    long revision = revision(version);
    return revision == 0 ? ReadAt.ANY : new ReadAt.NotOlderThan(revision);
  }

  private static long revision(String version) {
    try {
      long revision = Long.parseLong(version);
      if (revision >= 0) {
        return revision;
      }
    } catch (NumberFormatException e) {
      throw invalidVersion(version);
    }
    throw invalidVersion(version);
  }

  private static ApiException invalidVersion(String version) {
    return ApiException.badRequest(
        "resourceVersion: Invalid value: \""
            + version
            + "\": strconv.ParseUint: parsing \""
            + version
            + "\": invalid syntax");
  }

  /**
   * Which objects a list or watch means.
   *
   * @throws ApiException 400 if a selector cannot be read or selects by a field that the kind does
   *     not offer
   */
  Selection<T> selection(String namespace, ListOptions options) {
    LabelMatcher labels = LabelMatcher.EVERYTHING;
    FieldSelector fields = FieldSelector.EVERYTHING;
    try {
      if (!options.labelSelector().isEmpty()) {
        labels = LabelSelectors.parse(options.labelSelector());
      }
      if (!options.fieldSelector().isEmpty()) {
        fields = FieldSelector.parse(options.fieldSelector());
      }
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(String.valueOf(e.getMessage()));
    }
    checkFields(fields);
    String index = strategy.watchIndexField();
    return new Selection<>(
        namespace.isEmpty() ? null : namespace,
        fields.exactValue(NAME),
        index == null ? null : fields.exactValue(index),
        predicate(labels, fields));
  }

  private @Nullable Predicate<T> predicate(LabelMatcher labels, FieldSelector fields) {
    if (labels.matchesEverything() && fields.matchesEverything()) {
      return null;
    }
    return object ->
        labels.matches(object.metadata().labels())
            && fields.matches(field -> fieldValue(object, field));
  }

  private @Nullable String fieldValue(T object, String field) {
    return switch (field) {
      case NAME -> object.metadata().name();
      case NAMESPACE -> object.metadata().namespace();
      default ->
          common.contains(field)
              ? SelectableFields.valueOf(object, field)
              : strategy.fieldValue(object, field);
    };
  }

  private void checkFields(FieldSelector fields) {
    List<String> offered = common.isEmpty() ? strategy.selectableFields() : common;
    for (FieldSelector.Requirement requirement : fields.requirements()) {
      String field = requirement.field();
      boolean known =
          field.equals(NAME)
              || (field.equals(NAMESPACE) && type.namespaced())
              || offered.contains(field);
      if (!known) {
        String why =
            offered.isEmpty()
                ? "\""
                    + field
                    + "\" is not a known field selector: only \"metadata.name\","
                    + " \"metadata.namespace\""
                : "field label not supported: " + field;
        throw ApiException.badRequest(why);
      }
    }
  }
}
