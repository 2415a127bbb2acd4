package dev.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The npm package @kubernetes/client-node, unmodified, which {@code .ci/run} puts beside its
 * session.
 */
@ExtendWith(OnCluster.class)
class NodeClientTest {

  private static final Path SESSION = Path.of("src/test/node").toAbsolutePath();

  private final TestCluster cluster;

  NodeClientTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void watchesAndPatches() {
    assumeTrue(
        Files.isDirectory(SESSION.resolve("node_modules/@kubernetes/client-node")),
        "not installed: npm install --prefix e2e/src/test/node --no-package-lock");

    Command.Result session =
        Command.run(
            Map.of("KUBECONFIG", cluster.kubeconfig().toString()),
            "",
            List.of("node", SESSION.resolve("session.mjs").toString()));

    assertThat(session.orThrow()).contains("node client: ok");
  }
}
