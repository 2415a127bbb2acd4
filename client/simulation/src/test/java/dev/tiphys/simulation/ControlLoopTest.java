package dev.tiphys.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Controller;
import dev.tiphys.client.controller.Reconciler.Result;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.informer.EventHandler;
import dev.tiphys.client.informer.Index;
import dev.tiphys.client.informer.Informer;
import dev.tiphys.client.informer.Informers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Informers, queues and controllers, against a cluster that misbehaves. */
class ControlLoopTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static ConfigMap configMap(String name, Map<String, String> data) {
    return ConfigMap.builder()
        .metadata(ObjectMeta.builder().namespace("default").name(name).build())
        .data(data)
        .build();
  }

  @Test
  void anInformerFollowsWhatHappens() {
    SimulatedEnvironment environment = new SimulatedEnvironment(1);
    SimulatedCluster cluster = new SimulatedCluster(environment);
    ResourceClient<ConfigMap> maps =
        cluster.client().resource(Resources.CONFIG_MAPS).inNamespace("default");
    maps.create(configMap("a", Map.of("owner", "x")));
    Informer<ConfigMap> informer =
        new Informer<>(
            cluster.client().resource(Resources.CONFIG_MAPS),
            Informer.Selection.all(),
            environment);
    Index<String, ConfigMap> byOwner = informer.index(map -> map.data().values());
    List<String> heard = new ArrayList<>();
    informer.addHandler(change ->
        heard.add(change.getClass().getSimpleName() + " " + change.object().metadata().name()));
    informer.start();
    environment.runFor(MINUTE);
    assertThat(informer.hasSynced()).isTrue();

    maps.create(configMap("b", Map.of("owner", "x")));
    ConfigMap a = maps.get("a");
    maps.update(a.withData(Map.of("owner", "y")));
    environment.runFor(MINUTE);

    assertThat(byOwner.get("x")).extracting(map -> map.metadata().name()).containsExactly("b");
    assertThat(byOwner.get("y")).extracting(map -> map.metadata().name()).containsExactly("a");
    maps.delete("b");
    environment.runFor(MINUTE);
    assertThat(heard).containsExactly("Added a", "Added b", "Updated a", "Deleted b");
    assertThat(informer.lister().size()).isEqualTo(1);
  }

  @Test
  void aDeletionMissedWhileTheHistoryWasForgottenIsToldWithFinalStateUnknown() {
    SimulatedEnvironment environment = new SimulatedEnvironment(1);
    SimulatedCluster cluster = new SimulatedCluster(environment);
    ResourceClient<ConfigMap> maps =
        cluster.client().resource(Resources.CONFIG_MAPS).inNamespace("default");
    maps.create(configMap("a", Map.of()));
    Informer<ConfigMap> informer =
        new Informer<>(
            cluster.client().resource(Resources.CONFIG_MAPS),
            Informer.Selection.all(),
            environment);
    List<EventHandler.Change<ConfigMap>> heard = new ArrayList<>();
    informer.addHandler(heard::add);
    informer.start();
    environment.runFor(MINUTE);

    cluster.breakWatches();
    maps.delete("a");
    cluster.compact();
    environment.runFor(MINUTE);

    assertThat(heard).hasSize(2);
    assertThat(heard.getLast())
        .isInstanceOfSatisfying(
            EventHandler.Deleted.class,
            deleted -> assertThat(deleted.finalStateUnknown()).isTrue());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void aControllerConvergesOnABadDayAndAcrossCrashes(long seed) {
    SimulatedEnvironment environment = new SimulatedEnvironment(seed);
    SimulatedCluster cluster = new SimulatedCluster(environment);
    cluster.faults(Faults.FLAKY);
    ResourceClient<ConfigMap> maps =
        cluster.client().resource(Resources.CONFIG_MAPS).inNamespace("default");
    SimulatedEnvironment.Process process = environment.process("first");
    copier(cluster.client(), process);
    for (int i = 0; i < 50; i++) {
      maps.create(configMap("from-" + i, Map.of("value", "1")));
      environment.runFor(Duration.ofMillis(20));
      if (i == 25) {
        process.kill();
        process = environment.process("second");
        copier(cluster.client(), process);
      }
      if (i == 40) {
        cluster.breakWatches();
        cluster.compact();
      }
    }

    environment.runFor(MINUTE.multipliedBy(10));

    for (int i = 0; i < 50; i++) {
      assertThat(maps.get("to-" + i).data()).containsEntry("value", "1");
    }
  }

  /** For each {@code from-N} there shall be a {@code to-N} with the same data. */
  private static void copier(Client client, Environment environment) {
    Informers informers = new Informers(client, environment);
    Informer<ConfigMap> maps = informers.of(Resources.CONFIG_MAPS);
    Set<ObjectKey> busy = new HashSet<>();
    new Controller<ObjectKey>(
            "copier",
            3,
            key -> {
              assertThat(busy.add(key)).as("one worker a key").isTrue();
              try {
                ConfigMap from = maps.lister().get(key);
                if (from != null && key.name().startsWith("from-")) {
                  copy(client.resource(Resources.CONFIG_MAPS).inNamespace("default"), from);
                }
                return Result.DONE;
              } finally {
                busy.remove(key);
              }
            },
            environment)
        .watching(maps, Controller.self())
        .start();
    informers.start();
  }

  private static void copy(ResourceClient<ConfigMap> maps, ConfigMap from) {
    String name = String.valueOf(from.metadata().name()).replace("from", "to");
    try {
      maps.create(configMap(name, from.data()));
    } catch (ApiException.AlreadyExists _) {
      maps.update(maps.get(name).withData(from.data()));
    }
  }
}
