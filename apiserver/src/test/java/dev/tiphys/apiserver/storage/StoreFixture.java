package dev.tiphys.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.meta.v1.ObjectMeta;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** An etcd and a store on it, for the tests of one class; each has a resource of its own. */
@EnabledIf(
    value = "dev.tiphys.apiserver.storage.EtcdProcess#installed",
    disabledReason = "no /usr/bin/etcd: apt-get install etcd-server")
class StoreFixture {

  static final Duration SOON = Duration.ofSeconds(20);

  static final Duration NOW = Duration.ZERO;

  @TempDir static Path folder;

  static EtcdProcess etcd;

  static Store store;

  static final AtomicReference<Instant> time =
      new AtomicReference<>(Instant.parse("2030-01-01T00:00:00Z"));

  ResourceSpec<ConfigMap> spec;

  ResourceStore<ConfigMap> maps;

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

  static StoreConfig config() {
    return new StoreConfig(
        List.of(etcd.endpoint()), null, null, null, StoreConfig.DEFAULT_PREFIX, Duration.ZERO);
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

  static ObjectKey key(String name) {
    return new ObjectKey("default", name);
  }

  static ConfigMap map(String name, String value) {
    return map("default", name, value);
  }

  static ConfigMap map(String namespace, String name, String value) {
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

  Stored<ConfigMap> create(String name, String value) {
    return maps.create(key(name), map(name, value), null);
  }

  Stored<ConfigMap> set(String name, String value) {
    return maps.update(key(name), Preconditions.NONE, _ -> new Change.Put<>(map(name, value)));
  }

  static String value(Stored<ConfigMap> stored) {
    return stored.object().data().getOrDefault("value", "");
  }

  static Selection<ConfigMap> valued(String value) {
    return new Selection<>(
        null, null, null, map -> value.equals(map.metadata().labels().get("value")));
  }

  static List<String> names(ListPage<ConfigMap> page) {
    return page.items().stream().map(item -> item.object().metadata().name()).toList();
  }

  WatchQuery<ConfigMap> watchAfter(long revision, Selection<ConfigMap> selection) {
    return new WatchQuery<>(selection, new WatchQuery.Start.After(revision), false);
  }

  /** Takes events until there are so many: {@code ADDED web=1}. */
  static List<String> take(Watcher<ConfigMap> watcher, int count) throws Exception {
    List<String> told = new ArrayList<>();
    while (told.size() < count) {
      List<WatchEvent<ConfigMap>> events = watcher.take(SOON);
      assertThat(events).as("after %s", told).isNotEmpty();
      events.forEach(event -> told.add(told(event)));
    }
    return told;
  }

  static String told(WatchEvent<ConfigMap> event) {
    @Nullable Stored<ConfigMap> stored = event.stored();
    return stored == null
        ? event.type() + (event.initialEventsEnd() ? " end" : "")
        : event.type() + " " + stored.object().metadata().name() + "=" + value(stored);
  }
}
