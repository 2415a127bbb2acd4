package dev.tiphys.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.core.v1.ConfigMap;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Objects are created, changed and deleted, by several at a time. */
final class StoreWritesTest extends StoreFixture {

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
