package dev.tiphys.deploy;

import dev.tiphys.deploy.image.ImageBuilder;
import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.layout.SettingsFile;
import dev.tiphys.deploy.machine.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code tiphys train}, called by {@code up} after a build: runs a throw-away cluster whose JVMs
 * record what they load, gives it something to do, and ends it so that they write their caches.
 */
@Command(
    name = "train",
    hidden = true,
    description = "Makes the caches from which daemons start fast.")
final class TrainCommand implements Callable<Integer> {
  /** A recording JVM starts slowly and takes seconds of processor time to write its cache. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final Duration EXERCISE = Duration.ofSeconds(30);

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(names = "--into", required = true, paramLabel = "DIR")
  private Path into = Path.of("");

  @Override
  public Integer call() throws Exception {
    DataDir directory = common.directory();
    String log = System.getenv("TIPHYS_TRAINING_LOG");
    try (OutputStream out =
        log == null ? OutputStream.nullOutputStream() : Files.newOutputStream(Path.of(log))) {
      var quiet = new PrintStream(out, true, StandardCharsets.UTF_8);
      try {
        train(directory, quiet);
        return 0;
      } catch (Exception failed) {
        quiet.println("training failed: " + failed);
        return 1;
      }
    }
  }

  private void train(DataDir directory, PrintStream log) throws Exception {
    try {
      run(
          log,
          List.of(
              "deploy",
              "up",
              "--data-dir",
              directory.root().toString(),
              "--no-install",
              "--no-train"));
      exercise(directory, log);
    } finally {
      if (Files.isDirectory(directory.root())) {
        var takedown = new Takedown(directory, CommonOptions.distribution(), new Progress(log));
        takedown.run(PATIENCE);
        takedown.purge();
      }
    }
  }

  /** Work of every kind, so that the classes for it are in the caches too. */
  private void exercise(DataDir directory, PrintStream log) throws Exception {
    ClusterSettings settings = SettingsFile.read(directory).orElseThrow();
    Cluster cluster = Cluster.open(directory, settings);
    cluster.ask(
        "POST",
        "/apis/apps/v1/namespaces/default/deployments",
        Workloads.deployment("train", ImageBuilder.ECHO, 2));
    cluster.ask("POST", "/api/v1/namespaces/default/services", Workloads.service("train"));
    long deadline = System.nanoTime() + EXERCISE.toNanos();
    while (System.nanoTime() < deadline && readyReplicas(cluster) < 2) {
      LockSupport.parkNanos(Limits.POLL.toNanos());
    }
    log.println("ready replicas: " + readyReplicas(cluster));
    run(
        log,
        List.of(
            "cli", "--kubeconfig", directory.adminConf().toString(), "get", "pods", "-o", "wide"));
    for (String path :
        List.of(
            "/api",
            "/apis",
            "/openapi/v3",
            "/api/v1/pods?limit=2",
            "/api/v1/namespaces/default/events",
            "/metrics")) {
      log.println(path + " " + cluster.get(path).status());
    }
    cluster.ask("DELETE", "/apis/apps/v1/namespaces/default/deployments/train", "");
    cluster.ask("DELETE", "/api/v1/namespaces/default/services/train", "");
  }

  private static int readyReplicas(Cluster cluster) {
    var answer = cluster.get("/apis/apps/v1/namespaces/default/deployments/train");
    String ready =
        answer.ok() ? Json.parse(answer.body()).get("status").get("readyReplicas").text() : "";
    return ready.isEmpty() ? 0 : Integer.parseInt(ready);
  }

  /** Runs one of our programs, recording. What it starts records as well. */
  private void run(PrintStream log, List<String> arguments)
      throws IOException, InterruptedException {
    var command = new java.util.ArrayList<String>();
    command.add(CommonOptions.distribution().resolve("bin/daemon").toString());
    command.addAll(arguments);
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("TIPHYS_AOT_DIR", into.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    log.println(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    int status = process.waitFor();
    if (status != 0 && arguments.contains("up")) {
      throw new IOException("the throw-away cluster did not come up");
    }
  }
}
