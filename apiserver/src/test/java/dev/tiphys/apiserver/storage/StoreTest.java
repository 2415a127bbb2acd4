package dev.tiphys.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.apiserver.storage.WatchEvent.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@EnabledIf(
    value = "dev.tiphys.apiserver.storage.EtcdProcess#installed",
    disabledReason = "no /usr/bin/etcd: apt-get install etcd-server")
class StoreTest {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration NOW = Duration.ZERO;

  @TempDir static Path folder;
  private static EtcdProcess etcd;
  private static Store store;
  private static final AtomicReference<Instant> time =
      new AtomicReference<>(Instant.parse("2030-01-01T00:00:00Z"));

  private ResourceSpec<ConfigMap> spec;
  private ResourceStore<ConfigMap> maps;

  @BeforeAll
  static void startEtcd() throws Exception {
    etcd = EtcdProcess.start(folder);
    InstantSource clock = time::get;
    store = Store.connect(config(), clock);
  }

  @AfterAll
  static void stopEtcd() throws Exception {
    store.close();
    etcd.close();
  }

  private static StoreConfig config() {
    return new StoreConfig(List.of(etcd.endpoint()), null, null, null, StoreConfig.DEFAULT_PREFIX);
  }

  @BeforeEach
  void openEmptyResource() {
    spec =
        new ResourceSpec<>(
            "",
            "configmaps",
            "/registry/" + UUID.randomUUID() + "/",
            true,
            new StructCodec<>(ConfigMap.TYPE, new ProtobufCodec()),
            null);
    maps = store.open(spec);
  }

  private static ObjectKey key(String name) {
    return new ObjectKey("default", name);
  }

  private static ConfigMap map(String name, String value) {
    return map("default", name, value);
  }

  private static ConfigMap map(String namespace, String name, String value) {
    return ConfigMap.builder()
        .metadata(
            ObjectMeta.builder()
                .namespace(namespace)
                .name(name)
                .uid("uid-" + name)
                .labels(Map.of("value", value))
                .build())
        .data(Map.of("value", value))
        .build();
  }

  private Stored<ConfigMap> create(String name, String value) {
    return maps.create(key(name), map(name, value), null);
  }

  private Stored<ConfigMap> set(String name, String value) {
    return maps.update(key(name), Preconditions.NONE, _ -> new Change.Put<>(map(name, value)));
  }

  private static String value(Stored<ConfigMap> stored) {
    return stored.object().data().getOrDefault("value", "");
  }

  private static Selection<ConfigMap> valued(String value) {
    return new Selection<>(
        null, null, null, map -> value.equals(map.metadata().labels().get("value")));
  }

  private static List<String> names(ListPage<ConfigMap> page) {
    return page.items().stream().map(item -> item.object().metadata().name()).toList();
  }

  private WatchQuery<ConfigMap> watchAfter(long revision, Selection<ConfigMap> selection) {
    return new WatchQuery<>(selection, new WatchQuery.Start.After(revision), false);
  }

  /** Takes events until there are so many: {@code ADDED web=1}. */
  private static List<String> take(Watcher<ConfigMap> watcher, int count) throws Exception {
    List<String> told = new ArrayList<>();
    while (told.size() < count) {
      List<WatchEvent<ConfigMap>> events = watcher.take(SOON);
      assertThat(events).as("after %s", told).isNotEmpty();
      events.forEach(event -> told.add(told(event)));
    }
    return told;
  }

  private static String told(WatchEvent<ConfigMap> event) {
    @Nullable Stored<ConfigMap> stored = event.stored();
    return stored == null
        ? event.type() + (event.initialEventsEnd() ? " end" : "")
        : event.type() + " " + stored.object().metadata().name() + "=" + value(stored);
  }

  @Test
  void whatIsCreatedIsReadAtItsRevision() {
    Stored<ConfigMap> created = create("a", "1");

    Stored<ConfigMap> read = maps.get(key("a"), ReadAt.LATEST);

    assertThat(created.object().metadata().resourceVersion())
        .isEqualTo(Long.toString(created.revision()));
    assertThat(read.object()).isEqualTo(created.object());
    assertThat(read.revision()).isEqualTo(created.revision());
  }

  @Test
  void creatingTwiceIsAlreadyExists() {
    create("a", "1");

    assertThatThrownBy(() -> create("a", "2")).isInstanceOf(StorageException.AlreadyExists.class);
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertThatThrownBy(() -> maps.get(key("a"), ReadAt.LATEST))
        .isInstanceOf(StorageException.NotFound.class);
    assertThatThrownBy(() -> set("a", "1")).isInstanceOf(StorageException.NotFound.class);
    assertThatThrownBy(() -> maps.delete(key("a"), Preconditions.NONE, _ -> {}))
        .isInstanceOf(StorageException.NotFound.class);
  }

  @Test
  void concurrentUpdatesAllCount() throws Exception {
    create("counter", "0");
    List<Future<?>> done = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 40; i++) {
        done.add(
            threads.submit(() ->
                maps.update(
                    key("counter"),
                    Preconditions.NONE,
                    current ->
                        new Change.Put<>(
                            map(
                                "counter",
                                Integer.toString(Integer.parseInt(value(current)) + 1))))));
      }
      for (Future<?> one : done) {
        one.get();
      }
    }

    assertThat(value(maps.get(key("counter"), ReadAt.LATEST))).isEqualTo("40");
  }

  @Test
  void anUpdateThatChangesNothingWritesNothing() {
    Stored<ConfigMap> created = create("a", "1");

    assertThat(set("a", "1").revision()).isEqualTo(created.revision());
  }

  @Test
  void anUpdateOnAnOldCacheIsJudgedByTheCurrentState() throws Exception {
    Stored<ConfigMap> created = create("a", "1");
    maps.get(key("a"), ReadAt.LATEST);
    try (Store other = Store.connect(config(), InstantSource.system())) {
      other.open(spec).update(key("a"), Preconditions.NONE, _ -> new Change.Put<>(map("a", "2")));
    }

    Stored<ConfigMap> updated =
        maps.update(
            key("a"),
            Preconditions.NONE,
            current -> {
              if (!value(current).equals("2")) {
                throw new IllegalStateException("judged by an old state");
              }
              return new Change.Put<>(map("a", "3"));
            });

    assertThat(updated.revision()).isGreaterThan(created.revision() + 1);
  }

  @Test
  void preconditionsThatDoNotHoldAreConflicts() {
    create("a", "1");

    assertThatThrownBy(() -> maps.delete(key("a"), new Preconditions("other-uid", null), _ -> {}))
        .isInstanceOf(StorageException.Conflict.class)
        .hasMessage(
            "Precondition failed: UID in precondition: other-uid, UID in object meta: uid-a");
    assertThatThrownBy(() ->
            maps.update(
                key("a"), new Preconditions(null, "1"), _ -> new Change.Put<>(map("a", "2"))))
        .isInstanceOf(StorageException.Conflict.class);
  }

  @Test
  void upsertCreatesAndThenUpdates() {
    ResourceStore.Upserted<ConfigMap> first =
        maps.upsert(
            key("a"),
            Preconditions.NONE,
            current -> {
              assertThat(current).isNull();
              return new Change.Put<>(map("a", "1"));
            });
    ResourceStore.Upserted<ConfigMap> second =
        maps.upsert(key("a"), Preconditions.NONE, _ -> new Change.Put<>(map("a", "2")));

    assertThat(first.created()).isTrue();
    assertThat(second.created()).isFalse();
    assertThat(value(second.stored())).isEqualTo("2");
  }

  @Test
  void aDeletionReturnsTheLastStateUnderItsOwnRevision() {
    Stored<ConfigMap> created = create("a", "1");

    Stored<ConfigMap> deleted = maps.delete(key("a"), Preconditions.NONE, _ -> {});

    assertThat(value(deleted)).isEqualTo("1");
    assertThat(deleted.revision()).isGreaterThan(created.revision());
    assertThat(maps.find(key("a"), ReadAt.LATEST)).isNull();
  }

  @Test
  void anObjectWithATimeToLiveEnds() {
    // A lease lives a minute longer so that it can be shared; whether it is attached is seen here.
    Stored<ConfigMap> created = maps.create(key("a"), map("a", "1"), Duration.ofSeconds(1));

    assertThat(maps.get(key("a"), ReadAt.LATEST).revision()).isEqualTo(created.revision());
  }

  @Test
  void listsAreInTheOrderOfKeysAndSelected() {
    create("b", "2");
    create("a", "1");
    maps.create(new ObjectKey("other", "c"), map("other", "c", "1"), null);

    assertThat(names(maps.list(ListQuery.latest(Selection.all())))).containsExactly("a", "b", "c");
    assertThat(names(maps.list(ListQuery.latest(Selection.inNamespace("default")))))
        .containsExactly("a", "b");
    assertThat(names(maps.list(ListQuery.latest(valued("1"))))).containsExactly("a", "c");
    assertThat(names(maps.list(ListQuery.latest(new Selection<>("default", "b", null, null)))))
        .containsExactly("b");
  }

  @Test
  void aListOfTheSameStateIsTheSameListUntilSomethingIsWritten() {
    create("a", "1");
    ListQuery<ConfigMap> all = ListQuery.latest(Selection.all());
    StoredList<ConfigMap> first = maps.list(all).items();

    assertThat(maps.list(all).items()).isSameAs(first);
    assertThat(names(maps.list(ListQuery.latest(new Selection<>(null, "b", null, null)))))
        .isEmpty();

    create("b", "1");
    assertThat(names(maps.list(all))).containsExactly("a", "b");
    assertThat(names(maps.list(ListQuery.latest(Selection.inNamespace("other"))))).isEmpty();
  }

  @Test
  void pagesShowTheStateOfTheFirstOne() {
    for (int i = 0; i < 7; i++) {
      create("m" + i, "1");
    }
    List<String> seen = new ArrayList<>();

    ListPage<ConfigMap> page = maps.list(new ListQuery<>(Selection.all(), ReadAt.LATEST, 3, null));
    seen.addAll(names(page));
    assertThat(page.remainingItemCount()).isEqualTo(4);
    maps.delete(key("m5"), Preconditions.NONE, _ -> {});
    create("m8", "1");
    while (page.continueToken() != null) {
      ListPage<ConfigMap> next =
          maps.list(new ListQuery<>(Selection.all(), ReadAt.LATEST, 3, page.continueToken()));
      assertThat(next.revision()).isEqualTo(page.revision());
      seen.addAll(names(next));
      page = next;
    }

    assertThat(seen).containsExactly("m0", "m1", "m2", "m3", "m4", "m5", "m6");
  }

  @Test
  void anOlderStateIsReadFromHistoryUntilItIsCompacted() {
    create("a", "1");
    long revision = create("b", "1").revision();
    create("c", "1");
    // Another process has not seen it happen, so it must ask the store.
    try (Store other = Store.connect(config(), InstantSource.system())) {
      ResourceStore<ConfigMap> elsewhere = other.open(spec);
      ListQuery<ConfigMap> query =
          new ListQuery<>(Selection.all(), new ReadAt.Exact(revision), 0, null);
      assertThat(names(elsewhere.list(query))).containsExactly("a", "b");

      etcd.compact(store.revision());

      assertThatThrownBy(() -> elsewhere.list(query))
          .isInstanceOf(StorageException.Expired.class)
          .hasMessage("The resourceVersion for the provided list is too old.");
      String token = new ContinueToken(revision, "default/b\0").encode();
      assertThatThrownBy(
              () -> elsewhere.list(new ListQuery<>(Selection.all(), ReadAt.LATEST, 0, token)))
          .isInstanceOfSatisfying(
              StorageException.Expired.class,
              expired ->
                  assertThat(
                          names(
                              elsewhere.list(
                                  new ListQuery<>(
                                      Selection.all(), ReadAt.LATEST, 0, expired.continueToken()))))
                      .containsExactly("c"));
    }
  }

  @Test
  void aRevisionThatHasNotComeIsTooLarge() {
    long future = store.revision() + 1_000_000;

    assertThatThrownBy(() ->
            maps.list(new ListQuery<>(Selection.all(), new ReadAt.NotOlderThan(future), 0, null)))
        .isInstanceOf(StorageException.RevisionTooLarge.class)
        .hasMessageStartingWith("Too large resource version: " + future + ", current: ");
  }

  @Test
  void aContinueTokenOfNobodyIsMalformed() {
    assertThatThrownBy(
            () -> maps.list(new ListQuery<>(Selection.all(), ReadAt.LATEST, 0, "nonsense")))
        .isInstanceOf(StorageException.Malformed.class);
  }

  @Test
  void aWatchTellsWhatHappenedAfterItsRevision() throws Exception {
    long revision = create("a", "1").revision();
    maps.list(ListQuery.latest(Selection.all()));
    set("a", "2");
    create("b", "1");

    try (Watcher<ConfigMap> watcher = maps.watch(watchAfter(revision, Selection.all()))) {
      maps.delete(key("a"), Preconditions.NONE, _ -> {});

      assertThat(take(watcher, 3)).containsExactly("MODIFIED a=2", "ADDED b=1", "DELETED a=2");
    }
  }

  @Test
  void whatBeginsAndCeasesToMatchIsAddedAndDeleted() throws Exception {
    long revision = create("a", "no").revision();
    maps.list(ListQuery.latest(Selection.all()));

    try (Watcher<ConfigMap> watcher = maps.watch(watchAfter(revision, valued("yes")))) {
      set("a", "yes");
      long last = set("a", "no").revision();
      List<WatchEvent<ConfigMap>> events = new ArrayList<>();
      while (events.size() < 2) {
        events.addAll(watcher.take(SOON));
      }

      assertThat(events)
          .extracting(StoreTest::told)
          .containsExactly("ADDED a=yes", "DELETED a=yes");
      assertThat(events.getLast().storedObject().object().metadata().resourceVersion())
          .isEqualTo(Long.toString(last));
    }
  }

  @Test
  void watchersOfOneNameOrNamespaceHearOnlyOfThat() throws Exception {
    long revision = create("a", "1").revision();
    maps.list(ListQuery.latest(Selection.all()));
    try (Watcher<ConfigMap> ofName =
            maps.watch(watchAfter(revision, new Selection<>("default", "b", null, null)));
        Watcher<ConfigMap> ofNamespace =
            maps.watch(watchAfter(revision, Selection.inNamespace("other")))) {
      create("b", "1");
      maps.create(new ObjectKey("other", "b"), map("other", "b", "9"), null);
      set("b", "2");

      assertThat(take(ofName, 2)).containsExactly("ADDED b=1", "MODIFIED b=2");
      assertThat(take(ofNamespace, 1)).containsExactly("ADDED b=9");
    }
  }

  @Test
  void aWatchWithStateBeginsWithAllThatIsThereAndMarksItsEnd() throws Exception {
    create("a", "1");
    create("b", "1");

    try (Watcher<ConfigMap> watcher =
        maps.watch(
            new WatchQuery<>(
                Selection.all(), new WatchQuery.Start.WithState(ReadAt.LATEST, true), true))) {
      assertThat(take(watcher, 3)).containsExactly("ADDED a=1", "ADDED b=1", "BOOKMARK end");
      create("c", "1");
      assertThat(take(watcher, 1)).containsExactly("ADDED c=1");
    }
  }

  @Test
  void aQuietWatchGetsABookmarkAboutEveryMinute() throws Exception {
    long revision = create("a", "1").revision();
    maps.list(ListQuery.latest(Selection.all()));
    try (Watcher<ConfigMap> watcher =
        maps.watch(new WatchQuery<>(Selection.all(), new WatchQuery.Start.After(revision), true))) {
      assertThat(watcher.take(NOW)).isEmpty();
      store.check(SOON);
      long reached = store.revision();

      time.updateAndGet(now -> now.plus(Limits.BOOKMARK_INTERVAL));
      List<WatchEvent<ConfigMap>> events = watcher.take(NOW);

      assertThat(events).extracting(WatchEvent::type).containsExactly(Type.BOOKMARK);
      assertThat(events.getFirst().revision()).isGreaterThanOrEqualTo(reached);
      assertThat(watcher.take(NOW)).isEmpty();
    }
  }

  @Test
  void aSlowWatcherIsToldWhatItHasAndThenEnded() throws Exception {
    long revision = create("a", "0").revision();
    maps.list(ListQuery.latest(Selection.all()));
    try (Watcher<ConfigMap> slow = maps.watch(watchAfter(revision, Selection.all()))) {
      for (int i = 0; i <= Limits.WATCHER_QUEUE; i++) {
        set("a", "v" + i);
      }
      store.check(SOON);

      assertThat(take(slow, Limits.WATCHER_QUEUE)).hasSize(Limits.WATCHER_QUEUE);
      assertThatThrownBy(() -> slow.take(SOON)).isInstanceOf(StorageException.WatchEnded.class);
    }
  }

  @Test
  void aWatchFromBeforeTheCacheIsTooOld() {
    create("a", "1");

    assertThatThrownBy(() -> maps.watch(watchAfter(1, Selection.all())))
        .isInstanceOf(StorageException.Expired.class)
        .hasMessageStartingWith("too old resource version: 1 (");
  }

  @Test
  void aWatchOutlivesTheStoresDeathAndCompactionMeanwhile() throws Exception {
    long revision = create("a", "1").revision();
    maps.list(ListQuery.latest(Selection.all()));
    create("gone", "1");
    try (Watcher<ConfigMap> watcher = maps.watch(watchAfter(revision, Selection.all()))) {
      assertThat(take(watcher, 1)).containsExactly("ADDED gone=1");
      etcd.kill();
      etcd.start();
      Awaitility.await().atMost(SOON).ignoreExceptions().until(() -> set("a", "2") != null);
      assertThat(take(watcher, 1)).containsExactly("MODIFIED a=2");

      // What happens while our watch is down, and is compacted before it is up again.
      etcd.kill();
      etcd.start();
      try (Store other = Store.connect(config(), InstantSource.system())) {
        ResourceStore<ConfigMap> elsewhere = other.open(spec);
        elsewhere.update(key("a"), Preconditions.NONE, _ -> new Change.Put<>(map("a", "3")));
        elsewhere.delete(key("gone"), Preconditions.NONE, _ -> {});
        elsewhere.create(key("b"), map("b", "1"), null);
        etcd.compact(other.revision());
      }
      assertThat(take(watcher, 3)).contains("MODIFIED a=3", "DELETED gone=1", "ADDED b=1");
      assertThat(watcher.take(NOW)).isEmpty();
    }
  }

  @Test
  void encodingsAreMadeOnce() {
    create("a", "1");
    List<String> made = new ArrayList<>();
    Encoding<ConfigMap> encoding =
        new Encoding<>() {
          @Override
          public int slot() {
            return 0;
          }

          @Override
          public byte[] encode(ConfigMap object) {
            made.add(String.valueOf(object.metadata().name()));
            return new byte[] {1};
          }
        };

    byte[] first = maps.get(key("a"), ReadAt.LATEST).encoded(encoding);
    byte[] second =
        maps.list(ListQuery.latest(Selection.all())).items().getFirst().encoded(encoding);

    assertThat(first).isSameAs(second);
    assertThat(made).containsExactly("a");
  }
}
