package dev.tiphys.kubelet;

import dev.tiphys.api.Resources;
import dev.tiphys.client.Client;
import dev.tiphys.client.RestClient;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.environment.VirtualThreads;
import dev.tiphys.client.kubeconfig.ClusterAccess;
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
import dev.tiphys.daemon.tls.ServerTls;
import dev.tiphys.kubelet.access.ReviewedAccess;
import dev.tiphys.kubelet.access.ReviewedTokens;
import dev.tiphys.kubelet.logs.LogReader;
import dev.tiphys.kubelet.node.NodeHeartbeat;
import dev.tiphys.kubelet.node.NodeReporter;
import dev.tiphys.kubelet.pod.NodeFacts;
import dev.tiphys.kubelet.pod.PodAgent;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.CriContainerRuntime;
import dev.tiphys.kubelet.runtime.LogKeeper;
import dev.tiphys.kubelet.runtime.PodCgroups;
import dev.tiphys.kubelet.server.Authenticator;
import dev.tiphys.kubelet.server.Authorizer;
import dev.tiphys.kubelet.server.Endpoints;
import dev.tiphys.kubelet.server.KubeletServer;
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
      throws IOException, InterruptedException {
    KubeletConfig config = KubeletSettings.validated(options, NodeReporter.memoryBytes());
    Files.createDirectories(config.rootDirectory());
    Environment environment = new VirtualThreads();
    Metrics metrics = new Metrics();
    HealthChecks health = new HealthChecks();

    Closers parts = new Closers();
    PodCgroups cgroups = PodCgroups.find(CGROUPS, config.cgroupRoot());
    CriClient cri = parts.add(CriClient.connect(config.runtimeEndpoint()));
    LogReader logs = new LogReader(environment::sleep);
    ContainerRuntime runtime =
        new CriContainerRuntime(
            cri, config.runtime(), cgroups.isUnified(), logs, environment.clock());
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
    parts.add(serve(config, client, pods, runtime, logs, health, metrics, environment));
    node.start();
    heartbeat.start();
    pods.start();
    parts.add(new LogKeeper(runtime, config.runtime(), environment)).start();
    return parts;
  }

  private static AutoCloseable serve(
      KubeletConfig config,
      Client client,
      PodAgent pods,
      ContainerRuntime runtime,
      LogReader logs,
      HealthChecks health,
      Metrics metrics,
      Environment environment)
      throws InterruptedException {
    KubeletConfig.Serving serving = config.serving();
    Path certificate = serving.certificate();
    Path privateKey = serving.privateKey();
    if (certificate == null || privateKey == null) {
      throw ConfigException.flag(
          "--tls-cert-file", "and --tls-private-key-file are required to serve logs and exec");
    }
    Authenticator authenticator = Authenticator.byCertificate();
    if (serving.webhookTokens()) {
      authenticator = authenticator.or(new ReviewedTokens(client));
    }
    if (serving.anonymous()) {
      authenticator = authenticator.or(Authenticator.anonymous());
    }
    Authorizer authorizer =
        serving.webhookAuthorization()
            ? new ReviewedAccess(client, config.node().name(), environment)
            : (_, _) -> true;
    return KubeletServer.start(
        serving.address(),
        ServerTls.fromFiles(certificate, privateKey, serving.clientCa()),
        authenticator,
        authorizer,
        new Endpoints(
            config.node().name(),
            pods.pods(),
            runtime,
            logs,
            health,
            metrics,
            environment.clock()));
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
          ClusterAccess.find(config.kubeconfig()), "tiphys-kubelet", environment);
    } catch (KubeconfigException e) {
      throw new ConfigException("--kubeconfig: " + e.getMessage(), e);
    }
  }
}
