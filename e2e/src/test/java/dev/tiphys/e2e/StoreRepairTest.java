package dev.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What docs/operations.md tells an operator to do about a store that lost data, done. */
class StoreRepairTest {

  private static final Duration SOON = Duration.ofSeconds(120);

  private static @Nullable OwnMachine machine;
  private static @Nullable TestCluster cluster;

  @BeforeAll
  static void bringUp() {
    machine = OwnMachine.with("tiphys-e2e-repair", "192.0.2.30/24");
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
  void aMemberWithoutItsDataIsRefusedAndMadeAnewOfTheOthers() throws Exception {
    write("before-loss");
    tiphys("stop", "store-2").orThrow();
    delete(data("store-2"));

    Command.Result refused = tiphys("up");
    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.errors()).contains("tiphys repair store-2").doesNotContain("store-1");

    tiphys("repair", "store-2").orThrow();
    write("after-loss");

    // It counts: with another one stopped, it and the third are the majority.
    tiphys("stop", "store-3").orThrow();
    write("of-the-new-majority");
    tiphys("up").orThrow();
    awaitAll("before-loss", "after-loss", "of-the-new-majority");
  }

  @Test
  void oneSurvivorBecomesTheCluster() throws Exception {
    write("before-disaster");
    tiphys("stop", "store-1", "store-3").orThrow();
    delete(data("store-1"));
    delete(data("store-3"));

    Command.Result refused = tiphys("repair", "store-1");
    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.errors()).contains("Not well either:", "store-3", "--from-member");

    tiphys("repair", "--from-member", "store-2").orThrow();
    tiphys("up").orThrow();
    awaitAll("before-disaster");
    tiphys("stop", "store-2").orThrow();
    write("without-the-survivor");
    tiphys("up").orThrow();
    awaitAll("before-disaster", "without-the-survivor");
  }

  @Test
  void aSnapshotBecomesTheCluster() throws Exception {
    write("in-the-snapshot");
    Path snapshot = cluster().directory().resolve("backup.snap");
    Path pki = cluster().directory().resolve("pki/store");
    tiphys(
            "store",
            "snapshot",
            "save",
            "--endpoints=https://198.18.77.11:2379",
            "--cacert=" + pki.resolve("ca.crt"),
            "--cert=" + pki.resolve("apiserver-client.crt"),
            "--key=" + pki.resolve("apiserver-client.key"),
            snapshot.toString())
        .orThrow();
    write("behind-the-snapshot");

    tiphys("repair", "--from-snapshot", snapshot.toString()).orThrow();
    tiphys("up").orThrow();

    awaitAll("in-the-snapshot");
    assertThat(cluster().kubectl("get", "configmaps", "-o", "name").orThrow())
        .doesNotContain("behind-the-snapshot");
    tiphys("stop", "store-1").orThrow();
    write("of-the-others");
    tiphys("up").orThrow();
    awaitAll("in-the-snapshot", "of-the-others");
  }

  private static TestCluster cluster() {
    return Objects.requireNonNull(cluster, "it did not come up");
  }

  private static Command.Result tiphys(String... arguments) {
    return cluster().tiphys(arguments);
  }

  private static Path data(String member) {
    return cluster().directory().resolve(member);
  }

  /** Writes an object, however long it takes until the servers have found the store again. */
  private static void write(String name) {
    String manifest =
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"}}";
    org.awaitility.Awaitility.await()
        .atMost(SOON)
        .until(() -> cluster().kubectlReading(manifest, "apply", "-f", "-").exitCode() == 0);
  }

  private static void awaitAll(String... names) {
    cluster()
        .eventually(
            SOON,
            out -> Stream.of(names).allMatch(name -> out.contains("configmap/" + name + "\n")),
            "get",
            "configmaps",
            "-o",
            "name");
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
