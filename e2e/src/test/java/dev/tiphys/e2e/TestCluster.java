package dev.tiphys.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A cluster brought up by {@code ./tiphys up} in a directory of its own. */
final class TestCluster implements AutoCloseable {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private final Path directory;

  private TestCluster(Path directory) {
    this.directory = directory;
  }

  static TestCluster up() {
    try {
      TestCluster cluster = new TestCluster(Files.createTempDirectory("tiphys-e2e"));
      try {
        cluster.start();
      } catch (AssertionError e) {
        cluster.close();
        throw e;
      }
      return cluster;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs {@code up}; on a cluster that runs it must change nothing. */
  void start() {
    tiphys("up", "--data-dir", directory.toString()).orThrow();
  }

  Path directory() {
    return directory;
  }

  Path kubeconfig() {
    return directory.resolve("admin.conf");
  }

  /** Runs {@code ./tiphys} with these arguments against this cluster. */
  Command.Result tiphys(String... arguments) {
    return run("", ROOT.resolve("tiphys").toString(), arguments);
  }

  /** Runs an unmodified kubectl. */
  Command.Result kubectl(String... arguments) {
    return run("", "kubectl", arguments);
  }

  /** Runs kubectl with something to read, for {@code -f -}. */
  Command.Result kubectlReading(String input, String... arguments) {
    return run(input, "kubectl", arguments);
  }

  private Command.Result run(String input, String program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(arguments));
    return Command.run(
        Map.of("KUBECONFIG", kubeconfig().toString(), "TIPHYS_DATA_DIR", directory.toString()),
        input,
        command);
  }

  /** Asks kubectl until its output is as it should be. */
  String eventually(Duration timeout, Predicate<String> wanted, String... arguments) {
    return await()
        .atMost(timeout)
        .pollInterval(Duration.ofMillis(250))
        .ignoreExceptions()
        .until(() -> kubectl(arguments).output(), wanted);
  }

  @Override
  public void close() {
    Command.Result down = tiphys("down", "--purge", "--data-dir", directory.toString());
    try {
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(down.output() + down.errors(), e);
    }
    down.orThrow();
  }
}
