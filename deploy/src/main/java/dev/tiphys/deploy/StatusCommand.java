package dev.tiphys.deploy;

import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.layout.SettingsFile;
import dev.tiphys.deploy.machine.ProcessTable;
import dev.tiphys.deploy.machine.ProcessTable.Identity;
import dev.tiphys.deploy.process.Daemon;
import dev.tiphys.deploy.process.Daemons;
import dev.tiphys.deploy.process.Keeper;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tiphys status}. Exits with 0 when everything runs and the node is Ready. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Tells what runs, since when, with how much memory, and whether it is well.")
final class StatusCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    DataDir directory = common.directory();
    Optional<ClusterSettings> settings = SettingsFile.read(directory);
    if (settings.isEmpty()) {
      System.out.println("There is no cluster in " + directory.root() + ": `tiphys up` makes one.");
      return 1;
    }
    var processes = new ProcessTable(Path.of("/proc"));
    var keeper = new Keeper(directory, CommonOptions.distribution(), processes);
    var daemons = new Daemons(directory, settings.get(), "127.0.0.1", CommonOptions.distribution());
    Cluster cluster = Cluster.open(directory, settings.get());
    Instant now = InstantSource.system().instant();
    boolean well = true;
    long total = 0;
    System.out.printf("%-20s %8s  %-28s %9s  %s%n", "DAEMON", "PID", "SINCE", "MEMORY", "HEALTH");
    for (Daemon daemon : daemons.all()) {
      Optional<Identity> process = keeper.find(daemon.name());
      if (process.isEmpty()) {
        well = false;
        System.out.printf(
            "%-20s %8s  %-28s %9s  %s%n",
            daemon.name(),
            "-",
            "-",
            "-",
            keeper.keeperOf(daemon.name()).isPresent()
                ? "ended, starts again soon"
                : "not running");
        continue;
      }
      long resident = processes.residentBytes(process.get().pid());
      total += daemon.java() ? resident : 0;
      boolean healthy = daemon.health() == null || cluster.healthy(daemon.health());
      well &= healthy;
      Instant since = processes.startedAt(process.get(), now);
      System.out.printf(
          "%-20s %8d  %-28s %5d MiB  %s%n",
          daemon.name(),
          process.get().pid(),
          TIME.format(since.atZone(ZoneId.systemDefault()))
              + " ("
              + brief(Duration.between(since, now))
              + ")",
          resident >> 20,
          daemon.health() == null
              ? "running"
              : healthy ? "ok" : "not well: tiphys logs " + daemon.name());
    }
    System.out.printf("%nThe daemons together: %d MiB.%n", total >> 20);
    Optional<String> notReady = cluster.nodeNotReady(settings.get().nodeName(), 0);
    System.out.println(
        "Node "
            + settings.get().nodeName()
            + ": "
            + notReady.map(why -> "not Ready, " + why).orElse("Ready")
            + ".");
    return well && notReady.isEmpty() ? 0 : 1;
  }

  static String brief(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 120) {
      return seconds + "s";
    }
    if (seconds < 7200) {
      return seconds / 60 + "m";
    }
    return seconds < 172_800 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }
}
