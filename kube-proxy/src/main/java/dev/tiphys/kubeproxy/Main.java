package dev.tiphys.kubeproxy;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import dev.tiphys.client.Client;
import dev.tiphys.client.RestClient;
import dev.tiphys.client.controller.Controller;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.environment.VirtualThreads;
import dev.tiphys.client.informer.Informer;
import dev.tiphys.client.kubeconfig.ClusterAccess;
import dev.tiphys.client.kubeconfig.KubeconfigException;
import dev.tiphys.daemon.Closers;
import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.DaemonMain;
import dev.tiphys.daemon.HealthChecks;
import dev.tiphys.daemon.IgnoredFlags;
import dev.tiphys.daemon.Metrics;
import dev.tiphys.daemon.StatusServer;
import dev.tiphys.daemon.Termination;
import dev.tiphys.kubeproxy.iptables.Iptables;
import dev.tiphys.kubeproxy.iptables.IptablesException;
import java.util.List;
import java.util.Optional;

/** Starts {@code tiphys-kube-proxy}. */
public final class Main {

  private Main() {}

  /** Runs until SIGTERM. */
  public static void main(String[] args) {
    new DaemonMain<>(
            "tiphys-kube-proxy",
            new ProxyOptions(),
            IgnoredFlags.fromResource(Main.class, "ignored-flags.txt"),
            Main::start)
        .runAndExit(args);
  }

  private static AutoCloseable start(ProxyOptions options, Termination termination)
      throws IptablesException {
    Iptables iptables = new Iptables();
    if (options.cleanup) {
      iptables.removeAll();
      termination.request();
      return () -> {};
    }
    ProxyConfig config = options.validated();
    Environment environment = new VirtualThreads();
    Metrics metrics = new Metrics();
    HealthChecks health = new HealthChecks();
    SyncHealth syncHealth = new SyncHealth();

    Closers parts = new Closers();
    Client client = parts.add(connect(config, environment));
    Informer<Service> services =
        parts.add(
            new Informer<>(
                client.resource(Resources.SERVICES), Informer.Selection.all(), environment));
    Informer<EndpointSlice> slices =
        parts.add(
            new Informer<>(
                client.resource(Resources.ENDPOINT_SLICES), Informer.Selection.all(), environment));
    Syncer syncer =
        new Syncer(
            services.lister(), slices.lister(), config, iptables, new StaleFlows(), syncHealth);
    Controller<Syncer.Node> controller =
        parts.add(new Controller<>("kube-proxy", 1, syncer, environment));
    controller.watching(services, _ -> List.of(Syncer.Node.THIS));
    controller.watching(slices, _ -> List.of(Syncer.Node.THIS));
    // A cluster without any service is in order too, and its rules must be written all the same.
    controller.queue().add(Syncer.Node.THIS);
    health.add(
        "informer-sync",
        HealthChecks.Scope.READY,
        () ->
            services.hasSynced() && slices.hasSynced()
                ? Optional.empty()
                : Optional.of("the caches of services and endpoint slices are not complete yet"));
    health.add("rules", HealthChecks.Scope.READY, syncHealth);
    parts.add(StatusServer.start(config.healthAddress(), null, health, metrics));
    if (!config.metricsAddress().equals(config.healthAddress())) {
      parts.add(StatusServer.start(config.metricsAddress(), null, health, metrics));
    }
    controller.start();
    services.start();
    slices.start();
    return parts;
  }

  private static Client connect(ProxyConfig config, Environment environment) {
    try {
      return RestClient.open(
          ClusterAccess.find(config.kubeconfig()), "tiphys-kube-proxy", environment);
    } catch (KubeconfigException e) {
      throw new ConfigException("--kubeconfig: " + e.getMessage(), e);
    }
  }
}
