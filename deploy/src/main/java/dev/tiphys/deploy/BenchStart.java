package dev.tiphys.deploy;

import dev.tiphys.deploy.image.ImageBuilder;
import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.layout.SettingsFile;
import dev.tiphys.deploy.machine.Https.Answer;
import dev.tiphys.deploy.machine.Json;
import dev.tiphys.deploy.machine.ProcessTable;
import dev.tiphys.deploy.process.Daemon;
import dev.tiphys.deploy.process.Daemons;
import dev.tiphys.deploy.process.Keeper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code tiphys bench start}: how fast a cluster comes up and how little it takes, measured on a
 * throw-away cluster in a network namespace of its own. A cluster that runs on this machine is not
 * touched, but costs processor time; measure without one.
 */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description =
        "Measures the way from `up` to a Ready node, to a first pod, and the memory at rest.")
final class BenchStart implements Callable<Integer> {
  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "How often to measure (default: ${DEFAULT-VALUE}).")
  private int rounds = 3;

  @Option(
      names = "--settle",
      defaultValue = "20",
      description = "Seconds of rest before memory is read (default: ${DEFAULT-VALUE}).")
  private int settleSeconds = 20;

  @Override
  public Integer call() throws Exception {
    if (!System.getProperty("user.name", "").equals("root")) {
      throw new Failure("Only root can start a cluster here: run it with sudo.");
    }
    Path distribution = CommonOptions.distribution();
    PrepareCommand.prepare(distribution, false, new Progress(System.out));
    return new PrivateNetwork(distribution)
        .run(
            Map.of(),
            List.of(
                "bench",
                "start-inside",
                "--rounds",
                String.valueOf(rounds),
                "--settle",
                String.valueOf(settleSeconds)));
  }

  /** One round's figures; null where a round did not get so far. */
  private record Round(
      Duration ready, @Nullable Duration firstPod, Map<String, Long> residentBytes) {
    long total() {
      return residentBytes.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** The measuring itself, inside the network namespace. */
  @Command(name = "start-inside", hidden = true)
  static final class Inside implements Callable<Integer> {
    private static final Duration POD_PATIENCE = Duration.ofSeconds(60);

    @Option(names = "--rounds")
    private int rounds = 1;

    @Option(names = "--settle")
    private int settleSeconds = 20;

    @Override
    public Integer call() throws Exception {
      var measured = new ArrayList<Round>();
      for (int round = 1; round <= rounds; round++) {
        System.out.println("round " + round + " of " + rounds);
        measured.add(measure());
      }
      print(measured);
      return 0;
    }

    private Round measure() throws Exception {
      Path root = Files.createTempDirectory("tiphys-bench");
      var directory = new DataDir(root.toRealPath());
      Path distribution = CommonOptions.distribution();
      try {
        long began = System.nanoTime();
        up(distribution, root);
        var ready = Duration.ofNanos(System.nanoTime() - began);
        ClusterSettings settings = SettingsFile.read(directory).orElseThrow();
        Duration firstPod = firstPod(Cluster.open(directory, settings));
        LockSupport.parkNanos(Duration.ofSeconds(settleSeconds).toNanos());
        return new Round(ready, firstPod, memory(directory, settings, distribution));
      } finally {
        var takedown =
            new Takedown(
                directory,
                distribution,
                new Progress(
                    new PrintStream(
                        OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)));
        takedown.run(Limits.DAEMON_END);
        takedown.purge();
      }
    }

    private static void up(Path distribution, Path root)
        throws IOException, InterruptedException, Failure {
      Process process =
          new ProcessBuilder(
                  distribution.resolve("bin/daemon").toString(),
                  "deploy",
                  "up",
                  "--data-dir",
                  root.toString(),
                  "--no-install",
                  "--no-train")
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new Failure("`up` failed:\n" + output);
      }
    }

    private static @Nullable Duration firstPod(Cluster cluster) throws Failure, IOException {
      // A client of its own kind would be there already: what this JVM loads for TLS is not the
      // cluster's.
      cluster.apiReady();
      long began = System.nanoTime();
      Answer created =
          cluster.ask(
              "POST", "/api/v1/namespaces/default/pods", Workloads.pod("first", ImageBuilder.ECHO));
      if (created.status() != 201) {
        throw new Failure(
            "The first pod was refused: " + new String(created.body(), StandardCharsets.UTF_8));
      }
      boolean ready =
          cluster.awaitEvent(
              "/api/v1/namespaces/default/pods?watch=true&fieldSelector=metadata.name%3Dfirst"
                  + "&timeoutSeconds="
                  + POD_PATIENCE.toSeconds(),
              Inside::isReady);
      return ready ? Duration.ofNanos(System.nanoTime() - began) : null;
    }

    private static boolean isReady(Json pod) {
      return pod.get("status").get("conditions").items().stream()
          .anyMatch(
              c -> c.get("type").text().equals("Ready") && c.get("status").text().equals("True"));
    }

    private static Map<String, Long> memory(
        DataDir directory, ClusterSettings settings, Path distribution) {
      var processes = new ProcessTable(Path.of("/proc"));
      var keeper = new Keeper(directory, distribution, processes);
      var resident = new java.util.LinkedHashMap<String, Long>();
      for (Daemon daemon : new Daemons(directory, settings, "127.0.0.1", distribution).all()) {
        if (daemon.java()) {
          keeper
              .find(daemon.name())
              .ifPresent(
                  process -> resident.put(daemon.name(), processes.residentBytes(process.pid())));
        }
      }
      return resident;
    }

    private void print(List<Round> measured) {
      System.out.printf(
          "%n%-46s %12s %12s %12s%n", "median of " + rounds, "here", "aim", "Go daemons");
      row(
          "`up` to node Ready",
          seconds(median(measured.stream().map(Round::ready).toList())),
          "8.00 s",
          "2.4 s (API)");
      var pods = measured.stream().map(Round::firstPod).filter(java.util.Objects::nonNull).toList();
      row(
          "first pod, created to Ready",
          pods.isEmpty() ? "never" : seconds(median(pods)),
          "1.00 s",
          "0.58 s");
      Round last = measured.getLast();
      row(
          "six daemons at rest, resident together",
          (last.total() >> 20) + " MiB",
          "700 MiB",
          "680 MiB");
      last.residentBytes()
          .forEach((name, bytes) -> row("    " + name, (bytes >> 20) + " MiB", "", ""));
      System.out.println(
          "\nGo daemons: Kubernetes and etcd, measured once on a machine of this kind (2 cores, shared);"
              + "\ntheir first figure is from the start to an API server that is ready. Memory is read after "
              + settleSeconds
              + " s of rest.");
    }

    private static void row(String what, String here, String aim, String go) {
      System.out.printf("%-46s %12s %12s %12s%n", what, here, aim, go);
    }

    private static Duration median(List<Duration> durations) {
      return durations.stream().sorted().toList().get(durations.size() / 2);
    }

    private static String seconds(Duration duration) {
      return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
    }
  }
}
