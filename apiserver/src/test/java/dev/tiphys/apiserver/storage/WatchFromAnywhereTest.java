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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Watches that begin anywhere in the past, select, dawdle, and lose their server now and then: what
 * each is told must be what the store's own log says, event by event.
 */
@EnabledIf(
    value = "dev.tiphys.apiserver.storage.EtcdProcess#installed",
    disabledReason = "no /usr/bin/etcd: apt-get install etcd-server")
class WatchFromAnywhereTest {

  private static final int WRITERS = 3;
  private static final int WRITES = 250;
  private static final int WATCHES = 40;
  private static final int RESTARTS = 3;
  private static final String PREFIX = "/registry/configmaps/";
  private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f");
  private static final List<String> VALUES = List.of("red", "green", "blue");
  private static final List<String> NAMESPACES = List.of("n1", "n2");
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(20);

  @TempDir Path folder;

  private final CountDownLatch written = new CountDownLatch(WRITERS);
  private final AtomicInteger done = new AtomicInteger();

  /** A change as the store tells it. */
  private record Logged(long revision, String path, @Nullable String value) {}

  /** A server that can be replaced by another. */
  private record Server(Store store, ResourceStore<ConfigMap> maps) implements AutoCloseable {

    static Server on(EtcdProcess etcd) {
      Store store = Store.connect(config(etcd), InstantSource.system());
      return new Server(
          store,
          store.open(
              new ResourceSpec<>(
                  "",
                  "configmaps",
                  PREFIX,
                  true,
                  new StructCodec<>(ConfigMap.TYPE, new ProtobufCodec()),
                  null)));
    }

    @Override
    public void close() {
      store.close();
    }
  }

  private static StoreConfig config(EtcdProcess etcd) {
    return new StoreConfig(List.of(etcd.endpoint()), null, null, null, "/registry", Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void everyWatchIsToldTheLogFromWhereItBegan(long seed) throws Exception {
    Random random = new Random(seed);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try (EtcdProcess etcd = EtcdProcess.start(folder);
        // A failure is told at once, whoever still waits for what will not come.
        AutoCloseable _ = threads::shutdownNow) {
      AtomicReference<Server> server = new AtomicReference<>(Server.on(etcd));
      for (int i = 0; i < WRITERS; i++) {
        Random own = new Random(random.nextLong());
        threads.execute(() -> write(server, own));
      }
      List<Future<Seen>> watches = new ArrayList<>();
      for (int i = 0; i < WATCHES; i++) {
        awaitWrites(i * WRITERS * WRITES / WATCHES);
        if (i % (WATCHES / RESTARTS) == WATCHES / RESTARTS - 1) {
          server.getAndSet(Server.on(etcd)).close();
        }
        long start = 1 + random.nextLong(server.get().store().revision());
        Selection<ConfigMap> selection = selection(random);
        boolean dawdles = random.nextInt(4) == 0;
        watches.add(threads.submit(() -> watch(server, start, selection, dawdles)));
      }
      written.await();

      long last = server.get().store().revision();
      List<Logged> log = log(etcd, last);
      assertThat(log).hasSizeGreaterThan(WRITES);
      try {
        for (Future<Seen> watch : watches) {
          Seen seen = watch.get();
          assertThat(seen.events).as("after %s", seen.start).isEqualTo(expected(log, seen));
        }
      } finally {
        server.get().close();
      }
    }
  }

  private void awaitWrites(int count) {
    Awaitility.await().atMost(SOON).until(() -> done.get() >= count);
  }

  private static Selection<ConfigMap> selection(Random random) {
    String namespace = NAMESPACES.get(random.nextInt(NAMESPACES.size()));
    String value = VALUES.get(random.nextInt(VALUES.size()));
    return switch (random.nextInt(4)) {
      case 0 -> Selection.all();
      case 1 -> Selection.inNamespace(namespace);
      case 2 -> new Selection<>(namespace, NAMES.get(random.nextInt(NAMES.size())), null, null);
      default -> new Selection<>(null, null, null, map -> value.equals(value(map)));
    };
  }

  /** Changes at random what it likes, with whichever server there is. */
  private void write(AtomicReference<Server> server, Random random) {
    try {
      change(server, random);
    } finally {
      written.countDown();
    }
  }

  private void change(AtomicReference<Server> server, Random random) {
    for (int i = 0; i < WRITES; i++) {
      ObjectKey key =
          new ObjectKey(
              NAMESPACES.get(random.nextInt(NAMESPACES.size())),
              NAMES.get(random.nextInt(NAMES.size())));
      String value = VALUES.get(random.nextInt(VALUES.size()));
      boolean deletes = random.nextInt(4) == 0;
      try {
        if (deletes) {
          server.get().maps().delete(key, Preconditions.NONE, _ -> {});
        } else {
          server
              .get()
              .maps()
              .upsert(key, Preconditions.NONE, _ -> new Change.Put<>(map(key, value)));
        }
      } catch (StorageException e) {
        // The server was just replaced, or there is nothing to delete.
        assertThat(e).isNotInstanceOf(StorageException.Corrupt.class);
      }
      done.incrementAndGet();
    }
  }

  /** What a watch was told. For its thread, until that has ended. */
  private static final class Seen {
    private final long start;
    private final Selection<ConfigMap> selection;
    private final List<String> events = new ArrayList<>();
    private long reached;

    Seen(long start, Selection<ConfigMap> selection) {
      this.start = start;
      this.selection = selection;
      this.reached = start;
    }

    boolean add(List<WatchEvent<ConfigMap>> batch) {
      for (WatchEvent<ConfigMap> event : batch) {
        ConfigMap map = event.storedObject().object();
        String path = map.metadata().namespace() + "/" + map.metadata().name();
        events.add(line(event.type().name(), path, value(map), event.revision()));
        reached = event.revision();
      }
      return !batch.isEmpty();
    }
  }

  /** Begins to watch, and again behind the last event whenever the server goes away. */
  private Seen watch(
      AtomicReference<Server> server, long start, Selection<ConfigMap> selection, boolean dawdles)
      throws Exception {
    Seen seen = new Seen(start, selection);
    while (true) {
      Server asked = server.get();
      try (Watcher<ConfigMap> watcher =
          asked
              .maps()
              .watch(
                  new WatchQuery<>(selection, new WatchQuery.Start.After(seen.reached), false))) {
        if (dawdles) {
          written.await();
        }
        boolean more = true;
        while (more) {
          boolean all = written.getCount() == 0;
          if (all) {
            asked.store().check(SOON);
          }
          more = seen.add(all ? watcher.poll() : watcher.take(SHORT)) || !all;
        }
        return seen;
      } catch (StorageException.WatchEnded | StorageException.Unavailable e) {
        // Its server is gone: the next one.
        assertThat(server.get()).as("%s", e).isNotSameAs(asked);
      }
    }
  }

  /** What the store itself says. */
  private static List<Logged> log(EtcdProcess process, long last) throws Exception {
    List<Logged> log = new ArrayList<>();
    ProtobufCodec codec = new ProtobufCodec();
    try (Etcd etcd = Etcd.connect(config(process), new StoreMetrics());
        EtcdWatch watch = etcd.watchAll(1)) {
      long reached = 0;
      while (reached < last) {
        for (WatchFeed.Event event : watch.take().events()) {
          Entry entry = event.entry();
          reached = entry.revision();
          log.add(
              new Logged(
                  reached,
                  entry.key().substring(PREFIX.length()),
                  event.deletion() ? null : value(codec.decode(entry.value(), ConfigMap.TYPE))));
        }
      }
    }
    return log;
  }

  private static List<String> expected(List<Logged> log, Seen seen) {
    Map<String, String> state = new TreeMap<>();
    List<String> expected = new ArrayList<>();
    for (Logged change : log) {
      String before =
          change.value() == null
              ? state.remove(change.path())
              : state.put(change.path(), change.value());
      boolean was = before != null && seen.selection.accepts(map(change.path(), before));
      String after = change.value();
      boolean is = after != null && seen.selection.accepts(map(change.path(), after));
      if (change.revision() > seen.start && (was || is)) {
        expected.add(
            line(
                is ? was ? "MODIFIED" : "ADDED" : "DELETED",
                change.path(),
                String.valueOf(is ? after : before),
                change.revision()));
      }
    }
    return expected;
  }

  private static String line(String type, String path, String value, long revision) {
    return type + " " + path + "=" + value + " @" + revision;
  }

  private static ConfigMap map(String path, String value) {
    int slash = path.indexOf('/');
    return map(new ObjectKey(path.substring(0, slash), path.substring(slash + 1)), value);
  }

  private static ConfigMap map(ObjectKey key, String value) {
    return ConfigMap.builder()
        .metadata(ObjectMeta.builder().namespace(key.namespace()).name(key.name()).uid("u").build())
        .data(Map.of("value", value))
        .build();
  }

  private static String value(ConfigMap map) {
    return map.data().getOrDefault("value", "");
  }
}
