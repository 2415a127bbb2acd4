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
import dev.tiphys.kubeproxy.service.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts {@code tiphys-kube-proxy}. */
public final class Main {

  private static final Logger log = LoggerFactory.getLogger(Main.class);

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
    if (options.cleanup) {
      cleanUp();
      termination.request();
      return () -> {};
    }
    ProxyConfig config = options.validated();
    Environment environment = new VirtualThreads();
    Metrics metrics = new Metrics();
    HealthChecks health = new HealthChecks();

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
    List<Controller<Syncer.Node>> controllers = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      SyncHealth synced = new SyncHealth();
      Syncer syncer =
          new Syncer(family, services.lister(), slices.lister(), config, new StaleFlows(), synced);
      Controller<Syncer.Node> controller =
          parts.add(new Controller<>("kube-proxy-" + family.text(), 1, syncer, environment));
      controller.watching(services, _ -> List.of(Syncer.Node.THIS));
      controller.watching(slices, _ -> List.of(Syncer.Node.THIS));
      // A cluster without any service is in order too, once what was left of others is gone.
      controller.queue().add(Syncer.Node.THIS);
      controllers.add(controller);
      health.add("rules-" + family.text(), HealthChecks.Scope.READY, synced);
    }
    health.add(
        "informer-sync",
        HealthChecks.Scope.READY,
        () ->
            services.hasSynced() && slices.hasSynced()
                ? Optional.empty()
                : Optional.of("the caches of services and endpoint slices are not complete yet"));
    parts.add(StatusServer.start(config.healthAddress(), null, health, metrics));
    if (!config.metricsAddress().equals(config.healthAddress())) {
      parts.add(StatusServer.start(config.metricsAddress(), null, health, metrics));
    }
    controllers.forEach(Controller::start);
    services.start();
    slices.start();
    return parts;
  }

  /** A machine may lack the newer family; then there is nothing of it to remove. */
  private static void cleanUp() throws IptablesException {
    new Iptables(IpFamily.IPV4).removeAll();
    try {
      new Iptables(IpFamily.IPV6).removeAll();
    } catch (IptablesException e) {
      log.info("event=cleanup-skipped family=IPv6 cause={}", e.getMessage());
    }
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
