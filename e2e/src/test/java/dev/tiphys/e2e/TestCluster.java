package dev.tiphys.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A cluster brought up by {@code ./tiphys up} in a directory of its own. */
final class TestCluster implements AutoCloseable {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private final Path directory;
  private final String kubectl;
  private final List<String> prefix;

  private TestCluster(Path directory, String kubectl, List<String> prefix) {
    this.directory = directory;
    this.kubectl = kubectl;
    this.prefix = prefix;
  }

  /** A cluster in the network that the tests run in. */
  static TestCluster up() {
    return up(List.of());
  }

  /**
   * A cluster in a network namespace of its own, beside which another may run.
   *
   * @param options of {@code up}
   */
  static TestCluster upIn(String namespace, String... options) {
    // Not `ip netns exec`, which hides the cgroups.
    return up(List.of("nsenter", "--net=/run/netns/" + namespace), options);
  }

  private static TestCluster up(List<String> prefix, String... options) {
    try {
      TestCluster cluster =
          new TestCluster(Files.createTempDirectory("tiphys-e2e"), "kubectl", prefix);
      try {
        cluster.start(options);
      } catch (AssertionError e) {
        try {
          cluster.close();
        } catch (AssertionError | RuntimeException alsoFailed) {
          e.addSuppressed(alsoFailed);
        }
        throw e;
      }
      return cluster;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** This cluster, driven by another kubectl than the one on the path. */
  TestCluster through(String otherKubectl) {
    return new TestCluster(directory, otherKubectl, prefix);
  }

  /** Runs {@code up}; on a cluster that runs it must change nothing. */
  void start(String... options) {
    List<String> arguments = new ArrayList<>(List.of("up", "--data-dir", directory.toString()));
    arguments.addAll(List.of(options));
    tiphys(arguments.toArray(String[]::new)).orThrow();
  }

  Path directory() {
    return directory;
  }

  Path kubeconfig() {
    return directory.resolve("admin.conf");
  }

  /** Runs {@code ./tiphys} with these arguments against this cluster. */
  Command.Result tiphys(String... arguments) {
    return run(Map.of(), "", ROOT.resolve("tiphys").toString(), arguments);
  }

  /** Runs an unmodified kubectl. */
  Command.Result kubectl(String... arguments) {
    return run(Map.of(), "", kubectl, arguments);
  }

  /** Runs kubectl with more variables in its environment, such as its editor. */
  Command.Result kubectl(Map<String, String> environment, String... arguments) {
    return run(environment, "", kubectl, arguments);
  }

  /** Runs kubectl with something to read, for {@code -f -}. */
  Command.Result kubectlReading(String input, String... arguments) {
    return run(Map.of(), input, kubectl, arguments);
  }

  private Command.Result run(
      Map<String, String> environment, String input, String program, String... arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.add(program);
    command.addAll(List.of(arguments));
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("KUBECONFIG", kubeconfig().toString());
    variables.put("TIPHYS_DATA_DIR", directory.toString());
    return Command.run(variables, input, command);
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
