package dev.tiphys.deploy;

import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.machine.Shell;
import dev.tiphys.deploy.preflight.Preflight;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code tiphys prepare}, called before tests and measurements: does once what the first {@code up}
 * would do, so that no later one spends time on it or needs the network.
 */
@Command(name = "prepare", hidden = true, description = "Installs programs; makes start-up caches.")
final class PrepareCommand implements Callable<Integer> {
  @Option(names = "--no-install")
  private boolean noInstall;

  @Override
  public Integer call() throws Exception {
    prepare(CommonOptions.distribution(), !noInstall, new Progress(System.out));
    return 0;
  }

  static void prepare(Path distribution, boolean mayInstall, Progress progress) throws Exception {
    var preflight = new Preflight(new Shell(), CommonOptions.searchPath(), progress::say);
    List<String> missing = preflight.programs(distribution, true, false, mayInstall);
    if (!missing.isEmpty()) {
      throw new Failure(missing);
    }
    var caches = new StartCaches(distribution);
    if (caches.settled()) {
      return;
    }
    Path scratch = Files.createTempDirectory("tiphys-train");
    Files.delete(scratch);
    progress.step(
        "made start-up caches (once a build)",
        () -> {
          caches.make(new DataDir(scratch), progress);
          return true;
        });
  }
}
