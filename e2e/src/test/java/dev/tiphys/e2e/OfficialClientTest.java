package dev.tiphys.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.informer.ResourceEventHandler;
import io.kubernetes.client.informer.SharedIndexInformer;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.AppsV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1ListMeta;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import io.kubernetes.client.util.PatchUtils;
import io.kubernetes.client.util.Watch;
import io.kubernetes.client.util.generic.GenericKubernetesApi;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesApi;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesObject;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
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
  void dynamicObjectsNeedNoClass() throws ApiException {
    DynamicKubernetesApi maps = new DynamicKubernetesApi("", "v1", "configmaps", client);
    DynamicKubernetesObject object =
        new DynamicKubernetesObject(
            JsonParser.parseString(
                    """
                    {"apiVersion":"v1","kind":"ConfigMap","data":{"a":"1"},
                     "metadata":{"name":"dynamic","namespace":"default"}}
                    """)
                .getAsJsonObject());

    maps.create(object).throwsApiException();

    assertThat(maps.get("default", "dynamic").getObject().getRaw().get("data").toString())
        .isEqualTo("{\"a\":\"1\"}");
    assertThat(maps.list("default").getObject().getItems())
        .anyMatch(item -> "dynamic".equals(requireNonNull(item.getMetadata()).getName()));
    assertThat(maps.delete("default", "dynamic").isSuccess()).isTrue();
  }

  @Test
  void anInformerSeesEveryChange() throws ApiException {
    CoreV1Api core = new CoreV1Api(client);
    List<String> seen = new CopyOnWriteArrayList<>();
    SharedInformerFactory informers = new SharedInformerFactory(client);
    SharedIndexInformer<V1ConfigMap> informer =
        informers.sharedIndexInformerFor(
            new GenericKubernetesApi<>(
                V1ConfigMap.class, V1ConfigMapList.class, "", "v1", "configmaps", client),
            V1ConfigMap.class,
            0,
            "default");
    informer.addEventHandler(recorder(seen));
    informers.startAllRegisteredInformers();
    try {
      Awaitility.await().until(informer::hasSynced);
      V1ConfigMap created =
          core.createNamespacedConfigMap(
                  "default", new V1ConfigMap().metadata(new V1ObjectMeta().name("informed")))
              .execute();
      Awaitility.await().until(() -> seen.contains("added informed"));
      core.replaceNamespacedConfigMap("informed", "default", created.data(Map.of("a", "1")))
          .execute();
      Awaitility.await().until(() -> seen.contains("updated informed"));
    } finally {
      core.deleteNamespacedConfigMap("informed", "default").execute();
      Awaitility.await().until(() -> seen.contains("deleted informed"));
      informers.stopAllRegisteredInformers();
    }
  }

  private static ResourceEventHandler<V1ConfigMap> recorder(List<String> seen) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(V1ConfigMap map) {
        seen.add("added " + nameOf(map));
      }

      @Override
      public void onUpdate(V1ConfigMap old, V1ConfigMap map) {
        seen.add("updated " + nameOf(map));
      }

      @Override
      public void onDelete(V1ConfigMap map, boolean unknown) {
        seen.add("deleted " + nameOf(map));
      }
    };
  }

  private static String nameOf(V1ConfigMap map) {
    return String.valueOf(requireNonNull(map.getMetadata()).getName());
  }

  @Test
  void applyOwnsFields() throws ApiException {
    try {
      assertThat(apply("one", "1").getData()).containsEntry("a", "1");
      assertThat(apply("one", "2").getData()).containsEntry("a", "2");
      // This client drops managedFields as it reads; whom a field belongs to shows in a conflict.
      assertThatThrownBy(() -> apply("other", "3"))
          .isInstanceOfSatisfying(
              ApiException.class, refused -> assertThat(refused.getCode()).isEqualTo(409));
    } finally {
      new CoreV1Api(client).deleteNamespacedConfigMap("applied", "default").execute();
    }
  }

  private V1ConfigMap apply(String manager, String value) throws ApiException {
    V1Patch config =
        new V1Patch(
            """
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"applied"},"data":{"a":"%s"}}
            """
                .formatted(value));
    return PatchUtils.patch(
        V1ConfigMap.class,
        () ->
            new CoreV1Api(client)
                .patchNamespacedConfigMap("applied", "default", config)
                .fieldManager(manager)
                .buildCall(null),
        V1Patch.PATCH_FORMAT_APPLY_YAML,
        client);
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
