package dev.tiphys.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.apiserver.storage.WatchEvent.Type;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What watchers hear. */
final class StoreWatchTest extends StoreFixture {

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
          .extracting(StoreFixture::told)
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

  /** A server that has just started, and knows nothing but what the store tells. */
  private interface OnRestartedServer {
    void run(ResourceStore<ConfigMap> maps) throws Exception;
  }

  private void afterRestart(OnRestartedServer then) throws Exception {
    try (Store restarted = Store.connect(config(), time::get)) {
      then.run(restarted.open(spec));
    }
  }

  @Test
  void aWatchGoesBackToWhatTheStoreRemembersFromBeforeTheServerStarted() throws Exception {
    long revision = create("a", "1").revision();
    set("a", "2");
    create("brief", "1");
    maps.delete(key("brief"), Preconditions.NONE, _ -> {});
    maps.delete(key("a"), Preconditions.NONE, _ -> {});
    create("a", "3");

    afterRestart(restarted -> {
      try (Watcher<ConfigMap> watcher = restarted.watch(watchAfter(revision, Selection.all()))) {
        set("a", "4");

        assertThat(take(watcher, 6))
            .containsExactly(
                "MODIFIED a=2",
                "ADDED brief=1",
                "DELETED brief=1",
                "DELETED a=2",
                "ADDED a=3",
                "MODIFIED a=4");
      }
    });
  }

  @Test
  void whatBeganAndCeasedToMatchBeforeTheServerStartedIsAddedAndDeleted() throws Exception {
    long revision = create("a", "yes").revision();
    create("b", "no");
    set("a", "no");
    set("b", "yes");
    set("b", "yes");
    long last = set("b", "no").revision();

    afterRestart(restarted -> {
      try (Watcher<ConfigMap> watcher = restarted.watch(watchAfter(revision, valued("yes")))) {
        assertThat(take(watcher, 3))
            .containsExactly("DELETED a=yes", "ADDED b=yes", "DELETED b=yes");
      }
      try (Watcher<ConfigMap> again = restarted.watch(watchAfter(last - 1, Selection.all()))) {
        assertThat(take(again, 1)).containsExactly("MODIFIED b=no");
      }
    });
  }

  @Test
  void historyGoesOverIntoWhatHappensMeanwhile() throws Exception {
    long revision = create("a", "0").revision();
    int writes = 300;
    for (int i = 1; i < writes / 2; i++) {
      set("a", "v" + i);
    }
    afterRestart(restarted -> {
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = writes / 2; i < writes; i++) {
                  set("a", "v" + i);
                }
              });
      List<String> expected = new ArrayList<>();
      for (int i = 1; i < writes; i++) {
        expected.add("MODIFIED a=v" + i);
      }
      try (Watcher<ConfigMap> one = restarted.watch(watchAfter(revision, Selection.all()));
          Watcher<ConfigMap> other = restarted.watch(watchAfter(revision + 1, Selection.all()))) {
        assertThat(take(one, writes - 1)).isEqualTo(expected);
        assertThat(take(other, writes - 2)).isEqualTo(expected.subList(1, writes - 1));
      }
      writer.join();
    });
  }

  @Test
  void aWatchFromBeforeTheStoresHistoryIsTooOld() throws Exception {
    long revision = create("a", "1").revision();
    long last = set("a", "2").revision();
    etcd.compact(last);

    afterRestart(restarted -> {
      assertThatThrownBy(() -> restarted.watch(watchAfter(revision, Selection.all())))
          .isInstanceOf(StorageException.Expired.class)
          .hasMessage("The resourceVersion for the provided watch is too old.");
      assertThat(restarted.watch(watchAfter(last, Selection.all())).poll()).isEmpty();
    });
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
}
