package dev.tiphys.deploy.bench;

import dev.tiphys.client.kubeconfig.Kubeconfig;
import dev.tiphys.client.kubeconfig.KubeconfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code tiphys bench apiserver}: the speed of any API server, ours or another, by kubeconfig.
 * Makes some ten thousand objects in namespaces of its own and deletes them afterwards; for a
 * cluster that has nothing better to do.
 */
@Command(
    name = "apiserver",
    mixinStandardHelpOptions = true,
    description =
        "Measures a running API server: creates, reads, lists and watches, and its memory. Fills"
            + " namespaces of its own with ten thousand objects, and deletes them afterwards.")
public final class BenchApiServer implements Callable<Integer> {

  /** Parts that can be measured alone. */
  enum Part {
    write,
    get,
    list,
    watch,
    memory
  }

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "Which server, and as whom (default: $KUBECONFIG, else the local cluster's).")
  private @Nullable Path kubeconfig;

  @Option(names = "--context", description = "A context of the file (default: its current one).")
  private @Nullable String context;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description = "Measure only these of: ${COMPLETION-CANDIDATES}.")
  private List<Part> only = List.of();

  @Option(
      names = "--scale",
      defaultValue = "1.0",
      description =
          "Multiplies the number of requests of every row; 0.1 for a quick look"
              + " (default: ${DEFAULT-VALUE}).")
  private double scale = 1;

  @Option(names = "--watchers", defaultValue = "1000", description = "(default: ${DEFAULT-VALUE})")
  private int watchers = 1000;

  @Option(
      names = "--watch-connections",
      defaultValue = "100",
      description =
          "Connections over which they watch; a client of Kubernetes has one for all its watches"
              + " (default: ${DEFAULT-VALUE}).")
  private int watchConnections = 100;

  @Option(
      names = "--watch-events",
      defaultValue = "200",
      description = "Events a second (default: ${DEFAULT-VALUE}).")
  private int watchEvents = 200;

  @Override
  public Integer call() throws IOException {
    Path scratch = Files.createTempDirectory("tiphys-bench");
    try (Target target = new Target(Kubeconfig.read(file()).access(context));
        Playground playground = Playground.open(target, new SecureRandom())) {
      new Measurement(
              target,
              playground,
              new LoadGenerator(scratch, playground.token()),
              new Report(System.out),
              new Measurement.Size(
                  scale, new WatchFanOut.Shape(watchers, watchConnections, watchEvents, 20)))
          .run(only.isEmpty() ? List.of(Part.values()) : only);
      return 0;
    } catch (BenchFailure | KubeconfigException e) {
      System.err.println("tiphys: " + e.getMessage());
      return 1;
    } finally {
      delete(scratch);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private Path file() {
    if (kubeconfig != null) {
      return kubeconfig;
    }
    String named = System.getenv("KUBECONFIG");
    String data = System.getenv("TIPHYS_DATA_DIR");
    return named != null && !named.isEmpty()
        ? Path.of(named)
        : Path.of(data == null || data.isEmpty() ? "/var/lib/tiphys" : data, "admin.conf");
  }
}
