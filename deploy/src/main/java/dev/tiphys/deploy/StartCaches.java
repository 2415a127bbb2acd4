package dev.tiphys.deploy;

import dev.tiphys.deploy.layout.DataDir;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * The caches from which JVMs start fast. A throw-away cluster runs once after each build, with
 * every JVM but the store's recording what it loads; daemons start from the recordings ever after.
 * Without caches everything works, slower.
 */
final class StartCaches {
  private static final List<String> PROGRAMS =
      List.of("apiserver", "scheduler", "controller-manager", "kubelet", "kube-proxy", "deploy");

  private final Path distribution;

  StartCaches(Path distribution) {
    this.distribution = distribution;
  }

  private Path directory() {
    return distribution.resolve("aot");
  }

  /** Whether there is nothing to do: all are there, or making them has failed for this build. */
  boolean settled() {
    return Files.exists(directory().resolve("failed"))
        || PROGRAMS.stream().allMatch(name -> Files.exists(directory().resolve(name + ".aot")));
  }

  /**
   * Makes the caches. Failure is remembered, told in one remark, and otherwise no matter.
   *
   * @param scratch the data directory of the throw-away cluster; must not exist yet
   */
  void make(DataDir scratch, Progress progress) throws IOException, InterruptedException {
    try (var lockFile =
            FileChannel.open(
                distribution.resolve("aot.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        var lock = lockFile.lock()) {
      // Another `up` may have made them while this one waited for the lock.
      if (lock.isValid() && !settled()) {
        makeAlone(scratch, progress);
      }
    }
  }

  private void makeAlone(DataDir scratch, Progress progress)
      throws IOException, InterruptedException {
    Path fresh = distribution.resolve("aot.new");
    delete(fresh);
    Files.createDirectories(fresh);
    Path log = distribution.resolve("aot.log");
    Files.createDirectories(directory());
    int status =
        new PrivateNetwork(distribution)
            .run(
                Map.of("TIPHYS_TRAINING_LOG", log.toString()),
                List.of(
                    "train", "--data-dir", scratch.root().toString(), "--into", fresh.toString()));
    // What a cluster that did not come up has recorded is not what a healthy one loads.
    if (status == 0) {
      for (String name : PROGRAMS) {
        adopt(fresh, name);
      }
      adopt(fresh, "cli");
    }
    delete(fresh);
    if (!settled()) {
      Files.writeString(directory().resolve("failed"), "see " + log + "\n");
      progress.say("no start-up caches could be made (" + log + " says why); daemons start slower");
    }
  }

  private void adopt(Path fresh, String name) throws IOException {
    Path cache = fresh.resolve(name + ".aot");
    if (Files.exists(cache)) {
      Files.move(cache, directory().resolve(name + ".aot"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (var paths = Files.walk(tree)) {
      for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
