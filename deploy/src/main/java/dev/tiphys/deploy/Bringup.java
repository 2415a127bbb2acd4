package dev.tiphys.deploy;

import dev.tiphys.deploy.image.ImageBuilder;
import dev.tiphys.deploy.image.Images;
import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.ControlPlane;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.layout.SettingsFile;
import dev.tiphys.deploy.machine.Addresses;
import dev.tiphys.deploy.machine.ProcessTable;
import dev.tiphys.deploy.machine.Shell;
import dev.tiphys.deploy.node.BalancerConfig;
import dev.tiphys.deploy.node.CniConfig;
import dev.tiphys.deploy.node.ContainerdConfig;
import dev.tiphys.deploy.node.ControlPlaneNetwork;
import dev.tiphys.deploy.node.ForeignRuntime;
import dev.tiphys.deploy.node.KubeletConfig;
import dev.tiphys.deploy.node.NodeNetwork;
import dev.tiphys.deploy.pki.Pki;
import dev.tiphys.deploy.preflight.Need;
import dev.tiphys.deploy.preflight.Preflight;
import dev.tiphys.deploy.process.Daemon;
import dev.tiphys.deploy.process.Daemons;
import dev.tiphys.deploy.process.Keeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Brings a cluster to life: reads from top to bottom as what {@code up} does. */
final class Bringup {
  private final DataDir directory;
  private final ClusterSettings settings;
  private final Path distribution;
  private final Progress progress;
  private final Shell shell = new Shell();
  private final Keeper keeper;
  private final Preflight preflight;
  private final InstantSource clock = InstantSource.system();

  Bringup(DataDir directory, ClusterSettings settings, Path distribution, Progress progress) {
    this.directory = directory;
    this.settings = settings;
    this.distribution = distribution;
    this.progress = progress;
    this.keeper = new Keeper(directory, distribution, new ProcessTable(Path.of("/proc")));
    this.preflight = new Preflight(shell, CommonOptions.searchPath(), progress::say);
  }

  /**
   * @param mayInstall whether missing programs may be installed
   * @param mayTrain whether start-up caches may be made, which takes a while once after a build
   */
  void run(boolean mayInstall, boolean mayTrain) throws Exception {
    refuseIfAny(Preflight.caller(System.getProperty("user.name", ""), directory));
    createRoot();
    try (var _ = ClusterLock.take(directory)) {
      boolean ownRuntime = settings.runtimeEndpoint() == null;
      String address =
          Addresses.ofMachine(
                  List.of(NodeNetwork.BRIDGE, NodeNetwork.SERVICES, ControlPlaneNetwork.BRIDGE))
              .orElse(settings.podGateway());
      var daemons = new Daemons(directory, settings, address, distribution);
      refuseIfAny(losses(daemons));
      boolean running =
          daemons.all().stream().allMatch(daemon -> keeper.find(daemon.name()).isPresent());
      if (!running) {
        progress.step(
            "checked this machine",
            () -> {
              refuseIfAny(
                  preflight.programs(
                      distribution, ownRuntime, !settings.planes().isEmpty(), mayInstall));
              if (settings.runtimeEndpoint() != null) {
                refuseIfAny(
                    new ForeignRuntime(settings.runtimeEndpoint()).complaint().stream().toList());
              }
              refuseIfAny(preflight.machine(directory, ownRuntime, portsToCome(daemons)));
              return true;
            });
        if (mayTrain) {
          makeStartCaches();
        }
      }
      // First of all files, for it is what makes the directory a cluster's.
      SettingsFile.write(directory, settings);
      forgetLastBoot();
      var pki = new Pki(directory, clock, new SecureRandom());
      writeConfigurations(daemons);
      start(
          daemons,
          ownRuntime,
          () -> progress.step("certificates", () -> pki.ensure(settings, address)));
      awaitReady(daemons, running);
      Files.writeString(directory.founded(), "The cluster has been up: its store has data.\n");
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof Exception cause ? cause : failed;
    }
    welcome();
  }

  private static void refuseIfAny(List<String> complaints) throws Failure {
    if (!complaints.isEmpty()) {
      throw new Failure(complaints);
    }
  }

  private void createRoot() throws Failure {
    try {
      Files.createDirectories(directory.root());
    } catch (IOException refused) {
      throw new Failure(
          "--data-dir " + directory.root() + " cannot be made (" + refused + "): choose another.");
    }
  }

  /**
   * Members of the store that had data and have none: as new members they would forget what they
   * once agreed to.
   */
  private List<String> losses(Daemons daemons) {
    if (!Files.exists(directory.founded())) {
      return List.of();
    }
    return daemons.members().stream()
        .filter(member ->
            !Files.exists(member.data().resolve("identity"))
                && !Files.exists(member.data().resolve("log")))
        .map(member ->
            "The data of "
                + member.daemon()
                + " is gone from "
                + member.data()
                + ": put it back, "
                + (settings.planes().isEmpty()
                    ? ""
                    : "have the others give it theirs (`tiphys repair " + member.daemon() + "`), ")
                + "or restore a snapshot (`tiphys repair --from-snapshot FILE`).")
        .toList();
  }

  private void makeStartCaches() throws Exception {
    var caches = new StartCaches(distribution);
    if (caches.settled()) {
      return;
    }
    // Below the data directory, whose file system has just been found fit.
    Path scratch = directory.root().resolve("train");
    if (scratch.toString().length() > Limits.DATA_DIR_LENGTH) {
      scratch = Path.of("/tmp/tiphys-train-" + ProcessHandle.current().pid());
    }
    var throwAway = new DataDir(scratch);
    progress.say("making start-up caches, once after a build");
    progress.step(
        "made start-up caches",
        () -> {
          caches.make(throwAway, progress);
          return true;
        });
  }

  /** Ports that nobody of ours listens on yet. */
  private List<Integer> portsToCome(Daemons daemons) {
    boolean anyRuns =
        daemons.all().stream().anyMatch(daemon -> keeper.find(daemon.name()).isPresent());
    // With half of the cluster running its ports are taken, rightly.
    return anyRuns ? List.of() : daemons.ports();
  }

  /** What lies in run/ describes processes and mounts, none of which outlives a reboot. */
  private void forgetLastBoot() throws IOException {
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    Path noted = directory.run().resolve("boot-id");
    if (Files.isDirectory(directory.run())
        && !(Files.exists(noted) && Files.readString(noted).equals(boot))) {
      shell.must("rm", "-rf", "--one-file-system", directory.run().toString());
    }
    for (Path path :
        List.of(
            directory.run(),
            directory.etc(),
            directory.cniConf(),
            directory.podLogs(),
            directory.kubelet(),
            directory.containerd())) {
      Files.createDirectories(path);
    }
    if (settings.planes().isEmpty()) {
      Files.createDirectories(directory.store());
    }
    for (ControlPlane plane : settings.planes()) {
      Files.createDirectories(directory.store(plane));
    }
    Files.writeString(noted, boot);
  }

  private void writeConfigurations(Daemons daemons) throws IOException {
    Files.writeString(
        directory.containerdConfig(),
        new ContainerdConfig(directory, preflight.plugins(), hasSysResource()).text());
    Files.writeString(
        directory.cniConf().resolve("10-tiphys.conflist"), CniConfig.text(directory, settings));
    if (!settings.planes().isEmpty()) {
      Files.writeString(directory.balancerConfig(), BalancerConfig.text(directory, settings));
    }
    Files.writeString(
        directory.kubeletConfig(),
        KubeletConfig.text(directory, settings, daemons.runtimeEndpoint(), resolvConf()));
  }

  /**
   * systemd-resolved's stub listens on loopback, which a pod does not reach; its real servers are
   * elsewhere.
   */
  private static Path resolvConf() {
    Path real = Path.of("/run/systemd/resolve/resolv.conf");
    return Files.exists(real) ? real : Path.of("/etc/resolv.conf");
  }

  /** Whether this process, and so its children, may lower OOM scores. */
  private static boolean hasSysResource() throws IOException {
    int bit = 24;
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("CapEff:"))
        .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) >>> bit & 1) == 1);
  }

  /**
   * Starts everything; daemons that wait for others do so themselves. The runtime and the network
   * need no certificates, so they come up while those are made.
   */
  private void start(Daemons daemons, boolean ownRuntime, Callable<List<String>> certificates)
      throws Exception {
    var started = new ConcurrentLinkedQueue<String>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> network = threads.submit(timed("node network", this::makeNetwork));
      Future<?> images =
          threads.submit(() -> {
            for (Daemon daemon : daemons.runtime()) {
              keep(daemon, started);
            }
            return progress.step("images", () -> importImages(ownRuntime));
          });
      boolean renewed = !certificates.call().isEmpty();
      for (Daemon daemon : daemons.all()) {
        // A running daemon has the old certificates in memory.
        if (renewed && daemon.java() && keeper.find(daemon.name()).isPresent()) {
          keeper.stop(List.of(daemon.name()), Limits.DAEMON_END);
        }
        // The kubelet and the proxy look at interfaces and rules as soon as they start, and several
        // control planes run in namespaces. A lone store and API server need not wait.
        if (daemon.name().equals("kubelet") || !settings.planes().isEmpty()) {
          network.get();
        }
        if (!daemons.runtime().contains(daemon)) {
          keep(daemon, started);
        }
      }
      images.get();
    }
    if (!started.isEmpty()) {
      progress.say("started " + String.join(", ", started));
    }
  }

  private void keep(Daemon daemon, Collection<String> started) throws IOException {
    if (keeper.start(daemon)) {
      started.add(daemon.name());
    }
  }

  private boolean makeNetwork() throws IOException {
    new ControlPlaneNetwork(shell, directory).ensure(settings);
    new NodeNetwork(shell).ensure(settings);
    return true;
  }

  private Callable<Boolean> timed(String what, Callable<Boolean> work) {
    return () -> progress.step(what, work);
  }

  private boolean importImages(boolean ownRuntime) throws IOException, Failure {
    String endpoint = settings.runtimeEndpoint();
    String socket =
        endpoint == null
            ? directory.containerdSocket().toString()
            : endpoint.substring("unix://".length());
    if (ownRuntime) {
      await(
          "containerd",
          () ->
              shell.run("ctr", "--address", socket, "version").ok()
                  ? Optional.empty()
                  : Optional.of("it does not answer"));
    }
    Path busybox =
        preflight.find(Need.BUSYBOX).orElseThrow(() -> new Failure("There is no static busybox."));
    var images = new Images(shell, socket);
    try {
      var builder = new ImageBuilder(distribution, busybox, shell);
      boolean fresh = images.importOwn(builder, settings.nodeName(), directory.run());
      if (endpoint != null) {
        new ForeignRuntime(endpoint).prepare(directory, settings, shell).forEach(progress::say);
      }
      return fresh;
    } catch (Shell.CommandFailed refused) {
      if (ownRuntime) {
        throw refused;
      }
      progress.say(
          "the runtime at "
              + endpoint
              + " does not take images from us ("
              + refused.getMessage()
              + ")");
      return false;
    }
  }

  private void awaitReady(Daemons daemons, boolean ranBefore) throws Exception {
    Cluster cluster = Cluster.open(directory, settings);
    long since = ranBefore ? 0 : clock.instant().getEpochSecond() - 1;
    var watch = new RestartWatch(daemons);
    progress.step(
        "API server ready",
        () -> {
          await(
              "the API server",
              () ->
                  watch
                      .complaint()
                      .or(() ->
                          cluster.apiReady() ? Optional.empty() : Optional.of("it is not ready")));
          return true;
        });
    progress.step(
        "node " + settings.nodeName() + " Ready",
        () -> {
          await(
              "the node",
              () -> watch.complaint().or(() -> cluster.nodeNotReady(settings.nodeName(), since)));
          return true;
        });
  }

  /** Asks again and again until there is no complaint left. */
  private static void await(String what, Supplier<Optional<String>> complaint) throws Failure {
    long deadline = System.nanoTime() + Limits.READY.toNanos();
    while (true) {
      Optional<String> heard = complaint.get();
      if (heard.isEmpty()) {
        return;
      }
      if (heard.get().startsWith("!")) {
        throw new Failure(heard.get().substring(1));
      }
      if (System.nanoTime() > deadline) {
        throw new Failure(
            "Waited "
                + Limits.READY.toSeconds()
                + " s for "
                + what
                + ": "
                + heard.get()
                + ". `tiphys status` and `tiphys logs DAEMON` tell more.");
      }
      LockSupport.parkNanos(Limits.POLL.toNanos());
    }
  }

  /** Notices daemons that die again and again, so that the user need not wait for the end. */
  private final class RestartWatch {
    private static final int TOO_OFTEN = 4;

    private final Daemons daemons;
    private final Map<String, Long> last = new HashMap<>();
    private final Map<String, Integer> changes = new HashMap<>();

    RestartWatch(Daemons daemons) {
      this.daemons = daemons;
    }

    Optional<String> complaint() {
      for (Daemon daemon : daemons.all()) {
        long pid = keeper.find(daemon.name()).map(ProcessTable.Identity::pid).orElse(0L);
        Long before = last.put(daemon.name(), pid);
        if (pid != 0
            && before != null
            && before != pid
            && changes.merge(daemon.name(), 1, Integer::sum) >= TOO_OFTEN) {
          return Optional.of(
              "!"
                  + daemon.name()
                  + " ends as often as it is started. The end of its log:\n"
                  + LogsCommand.tail(directory.logOf(daemon.name()), Limits.LOG_TAIL_LINES));
        }
      }
      return Optional.empty();
    }
  }

  private void welcome() {
    Duration took = progress.total();
    System.out.printf(
        java.util.Locale.ROOT,
        """

        The cluster is up (%.1f s). Its administrator's kubeconfig: %s

          export KUBECONFIG=%s
          kubectl get nodes -o wide
          kubectl create deployment web --image=%s --replicas=3
          kubectl expose deployment web --port=80 --target-port=8080 --type=NodePort
        """,
        took.toMillis() / 1000.0,
        directory.adminConf(),
        directory.adminConf(),
        ImageBuilder.ECHO);
  }
}
