package dev.tiphys.controllermanager;

import dev.tiphys.api.Resources;
import dev.tiphys.client.Client;
import dev.tiphys.client.RestClient;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.environment.VirtualThreads;
import dev.tiphys.client.kubeconfig.ClusterAccess;
import dev.tiphys.client.kubeconfig.KubeconfigException;
import dev.tiphys.client.leader.LeaderElector;
import dev.tiphys.daemon.Closers;
import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.DaemonMain;
import dev.tiphys.daemon.HealthChecks;
import dev.tiphys.daemon.IgnoredFlags;
import dev.tiphys.daemon.Metrics;
import dev.tiphys.daemon.Termination;
import dev.tiphys.daemon.options.LeaderElectionOptions;
import java.util.Optional;

/** Starts {@code tiphys-controller-manager}. */
public final class Main {

  private Main() {}

  /** Runs until SIGTERM. */
  public static void main(String[] args) {
    new DaemonMain<>(
            "tiphys-controller-manager",
            new ControllerManagerOptions(),
            IgnoredFlags.fromResource(Main.class, "ignored-flags.txt"),
            Main::start)
        .runAndExit(args);
  }

  private static AutoCloseable start(ControllerManagerOptions options, Termination termination) {
    ControllerManagerConfig config = options.validated();
    Environment environment = new VirtualThreads();
    Metrics metrics = new Metrics();
    HealthChecks health = new HealthChecks();

    Closers parts = new Closers();
    Client client = parts.add(connect(options, environment));
    ControllerManager manager =
        parts.add(manager(client, config, environment, new QueueMetrics(metrics)));
    health.add(
        "informer-sync",
        HealthChecks.Scope.READY,
        () ->
            manager.hasSynced()
                ? Optional.empty()
                : Optional.of("the caches are not complete yet"));
    parts.add(options.serving.start(health, metrics));
    manager.startCaches();
    if (options.leaderElection.enabled()) {
      parts.add(elector(options.leaderElection, client, environment, manager, termination)).start();
    } else {
      manager.startLoops();
    }
    return parts;
  }

  private static ControllerManager manager(
      Client client, ControllerManagerConfig config, Environment environment, QueueMetrics queues) {
    try {
      return new ControllerManager(client, config, environment, queues);
    } catch (IllegalArgumentException e) {
      throw ConfigException.flag("--cluster-cidr", String.valueOf(e.getMessage()));
    }
  }

  private static Client connect(ControllerManagerOptions options, Environment environment) {
    try {
      return RestClient.open(
          ClusterAccess.find(options.kubeconfig), "tiphys-controller-manager", environment);
    } catch (KubeconfigException e) {
      throw new ConfigException("--kubeconfig: " + e.getMessage(), e);
    }
  }

  private static LeaderElector elector(
      LeaderElectionOptions options,
      Client client,
      Environment environment,
      ControllerManager manager,
      Termination termination) {
    try {
      LeaderElector.Config config =
          new LeaderElector.Config(
              options.resourceNamespace(),
              options.resourceName(),
              options.newIdentity(),
              options.leaseDuration(),
              options.renewDeadline(),
              options.retryPeriod());
      return new LeaderElector(
          client.resource(Resources.LEASES),
          config,
          environment,
          manager::startLoops,
          () -> termination.fail("the leader lease was lost"));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }
}
