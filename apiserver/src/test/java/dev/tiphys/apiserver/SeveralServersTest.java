package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.storage.EtcdProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** API servers beside each other, on one store. */
class SeveralServersTest {

  private static final String ENDPOINTS = "/api/v1/namespaces/default/endpoints/kubernetes";

  private static String addresses(TestApi api) {
    return api.admin().get(ENDPOINTS).at("subsets.0.addresses");
  }

  @Test
  void theServiceKubernetesHasAllServersAsEndpointsAsLongAsTheyRun(@TempDir Path folder)
      throws Exception {
    assumeTrue(EtcdProcess.installed(), "no etcd here: Debian's package is etcd-server");
    try (TestApi one =
        TestApi.start(
            Files.createDirectory(folder.resolve("one")),
            options -> options.advertiseAddress = "10.1.0.1")) {
      try (TestApi _ =
          TestApi.beside(
              one,
              Files.createDirectory(folder.resolve("other")),
              options -> options.advertiseAddress = "10.1.0.2")) {

        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(() ->
                assertThat(addresses(one))
                    .isEqualTo("[{\"ip\":\"10.1.0.1\"},{\"ip\":\"10.1.0.2\"}]"));
        Answer slice =
            one.admin()
                .get("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes");
        assertThat(slice.at("endpoints")).contains("10.1.0.1").contains("10.1.0.2");
      }

      assertThat(addresses(one)).isEqualTo("[{\"ip\":\"10.1.0.1\"}]");
    }
  }
}
