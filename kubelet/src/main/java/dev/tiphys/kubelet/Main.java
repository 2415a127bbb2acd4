package dev.tiphys.kubelet;

import dev.tiphys.api.Resources;
import dev.tiphys.client.Client;
import dev.tiphys.client.RestClient;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.environment.VirtualThreads;
import dev.tiphys.client.kubeconfig.Kubeconfig;
import dev.tiphys.client.kubeconfig.KubeconfigException;
import dev.tiphys.cri.CriClient;
import dev.tiphys.daemon.Closers;
import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.DaemonMain;
import dev.tiphys.daemon.HealthChecks;
import dev.tiphys.daemon.IgnoredFlags;
import dev.tiphys.daemon.Metrics;
import dev.tiphys.daemon.StatusServer;
import dev.tiphys.daemon.Termination;
import dev.tiphys.kubelet.logs.LogReader;
import dev.tiphys.kubelet.node.NodeHeartbeat;
import dev.tiphys.kubelet.node.NodeReporter;
import dev.tiphys.kubelet.pod.NodeFacts;
import dev.tiphys.kubelet.pod.PodAgent;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.CriContainerRuntime;
import dev.tiphys.kubelet.runtime.PodCgroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Starts {@code tiphys-kubelet}. */
public final class Main {

  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  private Main() {}

  /** Runs until SIGTERM. */
  public static void main(String[] args) {
    new DaemonMain<>(
            "tiphys-kubelet",
            new KubeletOptions(),
            IgnoredFlags.fromResource(Main.class, "ignored-flags.txt"),
            Main::start)
        .runAndExit(args);
  }

  private static AutoCloseable start(KubeletOptions options, Termination termination)
      throws IOException {
    KubeletConfig config = KubeletSettings.validated(options, NodeReporter.memoryBytes());
    Files.createDirectories(config.rootDirectory());
    Environment environment = new VirtualThreads();
    Metrics metrics = new Metrics();
    HealthChecks health = new HealthChecks();

    Closers parts = new Closers();
    PodCgroups cgroups = PodCgroups.find(CGROUPS, config.cgroupRoot());
    CriClient cri = parts.add(CriClient.connect(config.runtimeEndpoint()));
    ContainerRuntime runtime =
        new CriContainerRuntime(
            cri,
            config.runtime(),
            cgroups.isUnified(),
            new LogReader(environment::sleep),
            environment.clock());
    Client client = parts.add(connect(config, environment));
    NodeReporter node =
        parts.add(
            new NodeReporter(
                client.resource(Resources.NODES),
                runtime,
                config.node(),
                config.rootDirectory(),
                environment));
    NodeHeartbeat heartbeat =
        parts.add(
            new NodeHeartbeat(
                client.resource(Resources.LEASES),
                client.resource(Resources.NODES),
                config.node(),
                environment));
    PodAgent pods =
        parts.add(
            new PodAgent(
                client,
                runtime,
                cgroups,
                facts(config),
                config.rootDirectory(),
                runtimeName(config),
                environment));
    health.add(
        "pods-known",
        HealthChecks.Scope.READY,
        () ->
            pods.hasSynced()
                ? Optional.empty()
                : Optional.of("the pods of this node are not known yet"));
    if (config.health() != null) {
      parts.add(StatusServer.start(config.health(), null, health, metrics));
    }
    node.start();
    heartbeat.start();
    pods.start();
    return parts;
  }

  private static NodeFacts facts(KubeletConfig config) throws IOException {
    return new NodeFacts(
        config.node().name(),
        config.node().ips(),
        NodeReporter.allocatable(config.node(), config.rootDirectory()),
        config.dns(),
        config.resolvConf());
  }

  /** The scheme of container ids: known before the runtime answers, for it may start after us. */
  private static String runtimeName(KubeletConfig config) {
    return config.runtimeEndpoint().contains("crio") ? "cri-o" : "containerd";
  }

  private static Client connect(KubeletConfig config, Environment environment) {
    try {
      return RestClient.open(
          Kubeconfig.read(config.kubeconfig()).access(null), "tiphys-kubelet", environment);
    } catch (KubeconfigException e) {
      throw new ConfigException("--kubeconfig: " + e.getMessage(), e);
    }
  }
}
