package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists objects of a resource: from the cache, whose past states are kept for a while, else from
 * the store's history. Thread-safe.
 */
final class Lister<T extends ApiObject> {

  private static final String LIST_EXPIRED =
      "The resourceVersion for the provided list is too old.";
  private static final String CONTINUE_EXPIRED =
      "The provided continue parameter is too old to display a consistent list result. You can"
          + " start a new list without the continue parameter, or use the continue token in this"
          + " response to retrieve the remainder of the results. Continuing with the provided"
          + " token results in an inconsistent list - objects that were created, modified, or"
          + " deleted between the time the first chunk was returned and now may show up in the"
          + " list.";

  private final ResourceSpec<T> spec;
  private final Etcd etcd;
  private final WatchCache<T> cache;
  private final Freshness<T> freshness;

  /**
   * The latest list of everything in some range: who asks for the same state again gets it again.
   */
  private volatile SoftReference<Whole<T>> whole = new SoftReference<>(null);

  /**
   * All objects of a range.
   *
   * @param state of which they are a part
   */
  private record Whole<T extends ApiObject>(
      SortedTree<StoredObject<T>> state, KeyRange range, StoredList<T> items) {
    @SuppressWarnings("ReferenceEquality") // A tree never changes: the same tree is the same state.
    boolean isOf(SortedTree<StoredObject<T>> other, KeyRange wanted) {
      return state == other && range.equals(wanted);
    }
  }

  Lister(ResourceSpec<T> spec, Etcd etcd, WatchCache<T> cache, Freshness<T> freshness) {
    this.spec = spec;
    this.etcd = etcd;
    this.cache = cache;
    this.freshness = freshness;
  }

  ListPage<T> list(ListQuery<T> query) {
    KeyRange range = KeyRange.of(query.selection(), spec.namespaced());
    String token = query.continueToken();
    if (token != null && !token.isEmpty()) {
      ContinueToken from = ContinueToken.decode(token);
      KeyRange rest = range.startingAt(from.start());
      return from.revision() == ContinueToken.INCONSISTENT
          ? fromCache(query, rest, freshness.snapshot(ReadAt.LATEST))
          : exact(query, rest, from.revision(), from);
    }
    return query.readAt() instanceof ReadAt.Exact(long revision)
        ? exact(query, range, revision, null)
        : fromCache(query, range, freshness.snapshot(query.readAt()));
  }

  private ListPage<T> exact(
      ListQuery<T> query, KeyRange range, long revision, @Nullable ContinueToken token) {
    WatchCache.Snapshot<T> now = freshness.snapshot(new ReadAt.NotOlderThan(revision));
    if (now.revision() == revision) {
      return fromCache(query, range, now);
    }
    SortedTree<StoredObject<T>> then = cache.stateAt(revision);
    if (then != null) {
      return fromCache(query, range, new WatchCache.Snapshot<>(then, revision));
    }
    try {
      return fromHistory(query, range, revision);
    } catch (CompactedException e) {
      if (token == null) {
        throw new StorageException.Expired(LIST_EXPIRED, null);
      }
      throw new StorageException.Expired(
          CONTINUE_EXPIRED, new ContinueToken(ContinueToken.INCONSISTENT, token.start()).encode());
    }
  }

  /**
   * Gathers what a selection accepts until the page is full and it is known whether more follows.
   */
  private static final class Page<T extends ApiObject> {
    private final Selection<T> selection;
    private final int limit;
    private final List<Stored<T>> items;
    private @Nullable String last;
    private boolean more;

    /** Makes room for as many as are expected. */
    Page(ListQuery<T> query, int expected) {
      this.selection = query.selection();
      this.limit = query.limit();
      this.items = new ArrayList<>(limit > 0 ? Math.min(limit, expected) : expected);
    }

    /** Takes an object if it is meant; says whether to go on. */
    boolean add(StoredObject<T> object) {
      if (!selection.accepts(object.object())) {
        return true;
      }
      if (limit > 0 && items.size() == limit) {
        more = true;
        return false;
      }
      items.add(object);
      last = object.path();
      return true;
    }

    ListPage<T> at(long revision, @Nullable Long remaining) {
      String next = more ? new ContinueToken(revision, last + '\0').encode() : null;
      return new ListPage<>(revision, StoredList.of(items), next, more ? remaining : null);
    }
  }

  private ListPage<T> fromCache(
      ListQuery<T> query, KeyRange range, WatchCache.Snapshot<T> snapshot) {
    SortedTree<StoredObject<T>> objects = snapshot.objects();
    String to = range.to();
    int end = to == null ? objects.size() : objects.rank(to);
    boolean filters = query.selection().matches() != null;
    Whole<T> latest = whole.get();
    boolean all = !filters && query.selection().name() == null && query.limit() == 0;
    if (all && latest != null && latest.isOf(objects, range)) {
      return new ListPage<>(snapshot.revision(), latest.items(), null, null);
    }
    int expected = filters ? 0 : Math.max(0, end - objects.rank(range.from()));
    Page<T> page = new Page<>(query, expected);
    boolean _ = objects.walk(range.from(), to, page::add);
    Long remaining = null;
    if (page.more && !filters && page.last != null) {
      remaining = (long) (end - objects.rank(page.last + '\0'));
    }
    ListPage<T> made = page.at(snapshot.revision(), remaining);
    if (all) {
      whole = new SoftReference<>(new Whole<>(objects, range, made.items()));
    }
    return made;
  }

  private ListPage<T> fromHistory(ListQuery<T> query, KeyRange range, long revision) {
    Page<T> page = new Page<>(query, 0);
    String prefix = spec.keyPrefix();
    String from = prefix + range.from();
    String end = range.to() == null ? WatchCache.prefixEnd(prefix) : prefix + range.to();
    long total = -1;
    while (true) {
      Etcd.Range read = etcd.range(from, end, Limits.STORE_PAGE, revision);
      total = total < 0 ? read.count() : total;
      for (Entry entry : read.entries()) {
        String path = entry.key().substring(prefix.length());
        if (!page.add(Decoding.of(spec, path, entry))) {
          boolean counted = query.selection().matches() == null;
          return page.at(revision, counted ? total - query.limit() : null);
        }
      }
      if (!read.more() || read.entries().isEmpty()) {
        return page.at(revision, null);
      }
      from = read.entries().getLast().key() + '\0';
    }
  }
}
