package dev.tiphys.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.meta.v1.ObjectMeta;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Writers, watchers and a store that dies in between: what watchers are told must add up. */
@EnabledIf(
    value = "dev.tiphys.apiserver.storage.EtcdProcess#installed",
    disabledReason = "no /usr/bin/etcd: apt-get install etcd-server")
class WatchUnderLoadTest {

  private static final int WRITERS = 4;
  private static final int WRITES = 400;
  private static final int WATCHERS = 8;
  private static final int NAMES = 12;
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void noEventIsLostRepeatedOrOutOfOrder() throws Exception {
    try (EtcdProcess etcd = EtcdProcess.start(folder);
        Store store =
            Store.connect(
                new StoreConfig(
                    List.of(etcd.endpoint()), null, null, null, "/registry", Duration.ZERO),
                InstantSource.system());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ResourceStore<ConfigMap> maps =
          store.open(
              new ResourceSpec<>(
                  "",
                  "configmaps",
                  "/registry/configmaps/",
                  true,
                  new StructCodec<>(ConfigMap.TYPE, new ProtobufCodec()),
                  null));
      maps.list(ListQuery.latest(Selection.all()));
      AtomicLong end = new AtomicLong(Long.MAX_VALUE);
      List<Future<Map<String, String>>> views = new ArrayList<>();
      for (int i = 0; i < WATCHERS; i++) {
        boolean afterList = i % 2 == 0;
        views.add(threads.submit(() -> watch(maps, afterList, end)));
      }
      List<Future<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        Random random = new Random(i);
        writers.add(threads.submit(() -> write(maps, random)));
      }

      Awaitility.await().atMost(SOON).until(() -> store.revision() > WRITES / 2);
      etcd.kill();
      etcd.start();
      int written = 0;
      for (Future<Integer> writer : writers) {
        written += writer.get();
      }
      maps.upsert(key("end"), Preconditions.NONE, _ -> new Change.Put<>(map("end", "end")));
      ListPage<ConfigMap> last = maps.list(ListQuery.latest(Selection.all()));
      end.set(last.revision());

      Map<String, String> truth = new TreeMap<>();
      last.items().forEach(item -> truth.put(name(item), value(item)));
      assertThat(written).isGreaterThan(WRITES);
      for (Future<Map<String, String>> view : views) {
        assertThat(view.get()).isEqualTo(truth);
      }
    }
  }

  /** Changes at random what it likes; what the dying store refuses is left. */
  private static int write(ResourceStore<ConfigMap> maps, Random random) {
    int written = 0;
    for (int i = 0; i < WRITES; i++) {
      String name = "m" + random.nextInt(NAMES);
      String value = Integer.toString(random.nextInt());
      try {
        if (random.nextInt(4) == 0) {
          maps.delete(key(name), Preconditions.NONE, _ -> {});
        } else {
          maps.upsert(key(name), Preconditions.NONE, _ -> new Change.Put<>(map(name, value)));
        }
        written++;
      } catch (StorageException e) {
        assertThat(e)
            .isInstanceOfAny(
                StorageException.NotFound.class,
                StorageException.Conflict.class,
                StorageException.Unavailable.class);
      }
    }
    return written;
  }

  /** Follows the events to the end and builds from them what there must be. */
  private static Map<String, String> watch(
      ResourceStore<ConfigMap> maps, boolean afterList, AtomicLong end) throws Exception {
    Map<String, String> view = new TreeMap<>();
    long revision = 0;
    WatchQuery.Start start = new WatchQuery.Start.WithState(ReadAt.ANY, true);
    if (afterList) {
      ListPage<ConfigMap> page = maps.list(new ListQuery<>(Selection.all(), ReadAt.ANY, 0, null));
      page.items().forEach(item -> view.put(name(item), value(item)));
      revision = page.revision();
      start = new WatchQuery.Start.After(revision);
    }
    try (Watcher<ConfigMap> watcher = maps.watch(new WatchQuery<>(Selection.all(), start, false))) {
      boolean initial = !afterList;
      while (!"end".equals(view.get("end"))) {
        List<WatchEvent<ConfigMap>> events = watcher.take(SOON);
        assertThat(events).as("at revision %s of %s", revision, end).isNotEmpty();
        for (WatchEvent<ConfigMap> event : events) {
          initial &= !event.initialEventsEnd();
          if (!initial) {
            assertThat(event.revision()).isGreaterThanOrEqualTo(revision);
            revision = event.revision();
          }
          apply(view, event);
        }
      }
    }
    return view;
  }

  private static void apply(Map<String, String> view, WatchEvent<ConfigMap> event) {
    @Nullable Stored<ConfigMap> stored = event.stored();
    if (stored == null) {
      return;
    }
    switch (event.type()) {
      case ADDED -> assertThat(view.put(name(stored), value(stored))).isNull();
      case MODIFIED -> assertThat(view.put(name(stored), value(stored))).isNotNull();
      case DELETED -> assertThat(view.remove(name(stored))).isNotNull();
      case BOOKMARK -> throw new AssertionError("a bookmark with an object");
    }
  }

  private static ObjectKey key(String name) {
    return new ObjectKey("default", name);
  }

  private static ConfigMap map(String name, String value) {
    return ConfigMap.builder()
        .metadata(ObjectMeta.builder().namespace("default").name(name).uid("u").build())
        .data(Map.of("value", value))
        .build();
  }

  private static String name(Stored<ConfigMap> stored) {
    return String.valueOf(stored.object().metadata().name());
  }

  private static String value(Stored<ConfigMap> stored) {
    return stored.object().data().getOrDefault("value", "");
  }
}
