package dev.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three control planes behind one address survive the loss of any one, with writes going on. */
class ControlPlanesTest {

  private static final Duration SOON = Duration.ofSeconds(120);

  private static final int WRITERS = 3;

  private static final int WRITES = 4;

  private static @Nullable OwnMachine machine;
  private static @Nullable TestCluster cluster;

  @BeforeAll
  static void bringUp() {
    machine = OwnMachine.with("tiphys-e2e-planes", "192.0.2.20/24");
    cluster = machine.up("--control-planes", "3");
  }

  @AfterAll
  static void takeDown() {
    try {
      if (cluster != null) {
        cluster.close();
      }
    } finally {
      if (machine != null) {
        machine.close();
      }
    }
  }

  @Test
  void anyOneMayBeLost() throws IOException {
    for (int plane = 1; plane <= 3; plane++) {
      String before = "before-" + plane;
      cluster().kubectl("create", "configmap", before, "--from-literal=a=b").orThrow();

      lose("store-%d", plane);
      lose("apiserver-%d", plane);

      String after = "after-" + plane;
      // A write whose answer was lost with the connection may have been done, so it is asked for
      // again in a form that may be repeated.
      String manifest =
          "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\""
              + after
              + "\"}}";
      await()
          .atMost(SOON)
          .until(() -> cluster().kubectlReading(manifest, "apply", "-f", "-").exitCode() == 0);
      assertThat(cluster().kubectl("get", "configmaps").orThrow()).contains(before, after);

      bringBack();
    }
  }

  @Test
  void theLossOfAStoreAloneIsNotNoticed() throws Exception {
    for (int plane = 1; plane <= 3; plane++) {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
          String prefix = "unnoticed-" + plane + "-" + writer + "-";
          writers.add(threads.submit(() -> write(prefix)));
        }
        lose("store-%d", plane);
        for (Future<?> writer : writers) {
          writer.get();
        }
      }
      bringBack();
    }
  }

  /** Connections are spread, so each API server is asked, the one beside the lost store too. */
  private static void write(String prefix) {
    for (int i = 0; i < WRITES; i++) {
      cluster().kubectl("create", "configmap", prefix + i, "--from-literal=a=b").orThrow();
      cluster().kubectl("label", "configmap", prefix + i, "a=b").orThrow();
    }
  }

  private static void bringBack() throws IOException {
    cluster().start();
    cluster().eventually(SOON, out -> out.contains("ok"), "get", "--raw", "/readyz");
  }

  private static TestCluster cluster() {
    return Objects.requireNonNull(cluster, "it did not come up");
  }

  /** Kills a daemon of a control plane, and before it what would start it again. */
  private static void lose(String daemon, int plane) throws IOException {
    for (String file : List.of(daemon + ".keeper.pid", daemon + ".pid")) {
      Path path = cluster().directory().resolve("run").resolve(file.formatted(plane));
      long pid = Long.parseLong(Files.readString(path).split(" ")[0]);
      ProcessHandle victim = ProcessHandle.of(pid).orElseThrow();
      victim.destroyForcibly();
      victim.onExit().join();
    }
  }
}
