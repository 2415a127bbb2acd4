package dev.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** fabric8's client, unmodified. It watches over WebSockets. */
@ExtendWith(OnCluster.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Fabric8ClientTest {

  private static final String NAMESPACE = "fabric8";

  private final KubernetesClient client;

  Fabric8ClientTest(TestCluster cluster) throws IOException {
    Config config = Config.fromKubeconfig(Files.readString(cluster.kubeconfig()));
    this.client = new KubernetesClientBuilder().withConfig(config).build();
  }

  @BeforeEach
  void makeNamespace() {
    client
        .namespaces()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .create();
  }

  @AfterEach
  void removeNamespace() {
    client.namespaces().withName(NAMESPACE).delete();
    client
        .namespaces()
        .withName(NAMESPACE)
        .waitUntilCondition(namespace -> namespace == null, 120, TimeUnit.SECONDS);
    client.close();
  }

  @Test
  void objectsAreCreatedEditedAndDeleted() {
    Resource<ConfigMap> map = client.configMaps().inNamespace(NAMESPACE).withName("m");
    client.configMaps().inNamespace(NAMESPACE).resource(configMap("m", "1")).create();

    map.edit(old -> new ConfigMapBuilder(old).addToData("b", "2").build());

    assertThat(map.get().getData()).isEqualTo(Map.of("a", "1", "b", "2"));
    map.delete();
    assertThat(map.get()).isNull();
  }

  @Test
  void serverSideApplyOwnsFields() {
    client.configMaps().inNamespace(NAMESPACE).resource(configMap("m", "1")).serverSideApply();
    client
        .configMaps()
        .inNamespace(NAMESPACE)
        .resource(configMap("m", "2"))
        .forceConflicts()
        .serverSideApply();

    ConfigMap applied = client.configMaps().inNamespace(NAMESPACE).withName("m").get();
    assertThat(applied.getData()).containsEntry("a", "2");
    assertThat(applied.getMetadata().getManagedFields())
        .anyMatch(entry -> entry.getOperation().equals("Apply"));
  }

  @Test
  void anInformerSeesEveryChange() {
    List<String> seen = new CopyOnWriteArrayList<>();
    try (SharedIndexInformer<ConfigMap> informer =
        client
            .configMaps()
            .inNamespace(NAMESPACE)
            .withLabel("seen", "yes")
            .inform(recorder(seen))) {
      client
          .configMaps()
          .inNamespace(NAMESPACE)
          .resource(
              new ConfigMapBuilder(configMap("m", "1"))
                  .editMetadata()
                  .addToLabels("seen", "yes")
                  .endMetadata()
                  .build())
          .create();
      Awaitility.await().until(() -> seen.contains("added 1"));
      client
          .configMaps()
          .inNamespace(NAMESPACE)
          .withName("m")
          .edit(old -> new ConfigMapBuilder(old).addToData("a", "2").build());
      Awaitility.await().until(() -> seen.contains("updated 2"));
      client.configMaps().inNamespace(NAMESPACE).withName("m").delete();
      Awaitility.await().until(() -> seen.contains("deleted 2"));
      assertThat(informer.hasSynced()).isTrue();
    }
  }

  @Test
  void aLeaderIsElectedAndLetsGo() {
    List<String> told = new CopyOnWriteArrayList<>();
    CompletableFuture<?> leading = elector("first", told).start();
    Awaitility.await().until(() -> told.contains("first leads"));
    CompletableFuture<?> waiting = elector("second", told).start();
    assertThat(told).doesNotContain("second leads");

    leading.cancel(true);

    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> told.contains("second leads"));
    waiting.cancel(true);
    Awaitility.await().until(() -> told.contains("second stops"));
  }

  private LeaderElector elector(String identity, List<String> told) {
    return client
        .leaderElector()
        .withConfig(
            new LeaderElectionConfigBuilder()
                .withName("election")
                .withLock(new LeaseLock(NAMESPACE, "election", identity))
                .withLeaseDuration(Duration.ofSeconds(8))
                .withRenewDeadline(Duration.ofSeconds(6))
                .withRetryPeriod(Duration.ofSeconds(1))
                .withReleaseOnCancel(true)
                .withLeaderCallbacks(
                    new LeaderCallbacks(
                        () -> told.add(identity + " leads"),
                        () -> told.add(identity + " stops"),
                        leader -> told.add(identity + " sees " + leader)))
                .build())
        .build();
  }

  @Test
  void aDeploymentBecomesReady() {
    client
        .apps()
        .deployments()
        .inNamespace(NAMESPACE)
        .resource(
            new DeploymentBuilder()
                .withNewMetadata()
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withReplicas(1)
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "web")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("echo")
                .withImage("tiphys.local/echo:1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build())
        .create();

    client
        .apps()
        .deployments()
        .inNamespace(NAMESPACE)
        .withName("web")
        .waitUntilReady(120, TimeUnit.SECONDS);

    assertThat(client.pods().inNamespace(NAMESPACE).withLabel("app", "web").list().getItems())
        .singleElement()
        .satisfies(pod -> assertThat(pod.getStatus().getPhase()).isEqualTo("Running"));
  }

  @Test
  void aRefusalCarriesTheServersStatus() {
    try {
      client.configMaps().inNamespace(NAMESPACE).resource(configMap("Not_A_Name", "1")).create();
      throw new AssertionError("the name was accepted");
    } catch (KubernetesClientException e) {
      assertThat(e.getCode()).isEqualTo(422);
      assertThat(e.getStatus().getReason()).isEqualTo("Invalid");
      assertThat(e.getStatus().getDetails().getCauses())
          .anyMatch(cause -> cause.getField().equals("metadata.name"));
    }
  }

  private static ConfigMap configMap(String name, String value) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(NAMESPACE)
        .endMetadata()
        .addToData("a", value)
        .build();
  }

  private static ResourceEventHandler<ConfigMap> recorder(List<String> seen) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(ConfigMap map) {
        seen.add("added " + map.getData().get("a"));
      }

      @Override
      public void onUpdate(ConfigMap old, ConfigMap map) {
        seen.add("updated " + map.getData().get("a"));
      }

      @Override
      public void onDelete(ConfigMap map, boolean unknown) {
        seen.add("deleted " + map.getData().get("a"));
      }
    };
  }
}
