package dev.tiphys.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.AppsV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ListMeta;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import io.kubernetes.client.util.Watch;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The official Java client, unmodified. */
@ExtendWith(OnCluster.class)
class OfficialClientTest {

  private final ApiClient client;

  OfficialClientTest(TestCluster cluster) throws IOException {
    try (Reader kubeconfig =
        Files.newBufferedReader(cluster.kubeconfig(), StandardCharsets.UTF_8)) {
      this.client = ClientBuilder.kubeconfig(KubeConfig.loadKubeConfig(kubeconfig)).build();
    }
  }

  @Test
  void objectsAreCreatedReplacedAndDeleted() throws ApiException {
    CoreV1Api core = new CoreV1Api(client);
    V1ConfigMap created =
        core.createNamespacedConfigMap(
                "default",
                new V1ConfigMap()
                    .metadata(new V1ObjectMeta().name("official"))
                    .data(Map.of("a", "1")))
            .execute();

    core.replaceNamespacedConfigMap("official", "default", created.data(Map.of("a", "2")))
        .execute();

    assertThat(core.readNamespacedConfigMap("official", "default").execute().getData())
        .containsEntry("a", "2");
    core.deleteNamespacedConfigMap("official", "default").execute();
  }

  @Test
  void aListIsFollowedByAWatch() throws Exception {
    CoreV1Api core = new CoreV1Api(client);
    String version =
        requireNonNull(core.listNamespacedConfigMap("default").execute().getMetadata())
            .getResourceVersion();
    core.createNamespacedConfigMap(
            "default", new V1ConfigMap().metadata(new V1ObjectMeta().name("watched")))
        .execute();
    try (Watch<V1ConfigMap> watch =
        Watch.createWatch(
            client,
            core.listNamespacedConfigMap("default")
                .resourceVersion(version)
                .fieldSelector("metadata.name=watched")
                .timeoutSeconds(20)
                .watch(true)
                .buildCall(null),
            new TypeToken<Watch.Response<V1ConfigMap>>() {}.getType())) {
      Watch.Response<V1ConfigMap> first = watch.next();
      assertThat(first.type).isEqualTo("ADDED");
      assertThat(requireNonNull(first.object.getMetadata()).getName()).isEqualTo("watched");
    } finally {
      core.deleteNamespacedConfigMap("watched", "default").execute();
    }
  }

  @Test
  void systemPodsAndDeploymentsAreListed() throws ApiException {
    for (V1Pod pod : new CoreV1Api(client).listPodForAllNamespaces().execute().getItems()) {
      assertThat(requireNonNull(pod.getMetadata()).getUid()).isNotBlank();
    }
    V1ListMeta list =
        requireNonNull(
            new AppsV1Api(client).listDeploymentForAllNamespaces().execute().getMetadata());
    assertThat(list.getResourceVersion()).isNotBlank();
  }
}
