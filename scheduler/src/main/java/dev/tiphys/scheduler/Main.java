package dev.tiphys.scheduler;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.client.Client;
import dev.tiphys.client.RestClient;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.environment.VirtualThreads;
import dev.tiphys.client.event.EventRecorder;
import dev.tiphys.client.informer.Informer;
import dev.tiphys.client.kubeconfig.ClusterAccess;
import dev.tiphys.client.kubeconfig.KubeconfigException;
import dev.tiphys.client.leader.LeaderElector;
import dev.tiphys.daemon.Closers;
import dev.tiphys.daemon.ComponentConfig;
import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.DaemonMain;
import dev.tiphys.daemon.HealthChecks;
import dev.tiphys.daemon.IgnoredFlags;
import dev.tiphys.daemon.Metrics;
import dev.tiphys.daemon.Termination;
import dev.tiphys.daemon.options.LeaderElectionOptions;
import dev.tiphys.scheduler.filter.Filter;
import dev.tiphys.scheduler.queue.SchedulingQueue;
import dev.tiphys.scheduler.score.Score;
import java.nio.file.Path;
import java.util.Optional;

/** Starts {@code tiphys-scheduler}. */
public final class Main {

  private static final String KIND = "KubeSchedulerConfiguration";
  private static final String DEFAULT_NAME = "default-scheduler";

  private Main() {}

  /** Runs until SIGTERM. */
  public static void main(String[] args) {
    new DaemonMain<>(
            "tiphys-scheduler",
            new SchedulerOptions(),
            IgnoredFlags.fromResource(Main.class, "ignored-flags.txt"),
            Main::start)
        .runAndExit(args);
  }

  private static AutoCloseable start(SchedulerOptions options, Termination termination) {
    ComponentConfig config =
        options.config == null
            ? ComponentConfig.empty()
            : ComponentConfig.read(options.config, KIND);
    options.leaderElection.apply(config);
    Environment environment = new VirtualThreads();
    Metrics metrics = new Metrics();
    HealthChecks health = new HealthChecks();

    Closers parts = new Closers();
    Client client = parts.add(connect(options, config, environment));
    parts.add(options.serving.start(health, metrics));
    Informer<Pod> pods =
        parts.add(
            new Informer<>(client.resource(Resources.PODS), Informer.Selection.all(), environment));
    Informer<Node> nodes =
        parts.add(
            new Informer<>(
                client.resource(Resources.NODES), Informer.Selection.all(), environment));
    health.add(
        "informer-sync",
        HealthChecks.Scope.READY,
        () ->
            pods.hasSynced() && nodes.hasSynced()
                ? Optional.empty()
                : Optional.of("the caches of pods and nodes are not complete yet"));
    SchedulingQueue queue = new SchedulingQueue(environment);
    Scheduler scheduler =
        parts.add(
            new Scheduler(
                DEFAULT_NAME,
                client.resource(Resources.PODS),
                pods,
                nodes,
                new Decider(Filter.ALL, Score.ALL, environment.random()),
                new EventRecorder(
                    client.resource(Resources.EVENTS), DEFAULT_NAME, null, environment),
                queue,
                new SchedulerMetrics(metrics, queue),
                environment));
    pods.start();
    nodes.start();
    if (options.leaderElection.enabled()) {
      LeaderElector elector =
          parts.add(elector(options.leaderElection, client, environment, scheduler, termination));
      elector.start();
    } else {
      scheduler.start();
    }
    return parts;
  }

  private static Client connect(
      SchedulerOptions options, ComponentConfig config, Environment environment) {
    Path kubeconfig =
        config
            .string("clientConnection.kubeconfig")
            .filter(path -> !path.isEmpty())
            .map(Path::of)
            .orElse(options.kubeconfig);
    try {
      return RestClient.open(ClusterAccess.find(kubeconfig), "tiphys-scheduler", environment);
    } catch (KubeconfigException e) {
      throw new ConfigException("--kubeconfig: " + e.getMessage(), e);
    }
  }

  private static LeaderElector elector(
      LeaderElectionOptions options,
      Client client,
      Environment environment,
      Scheduler scheduler,
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
          scheduler::start,
          () -> termination.fail("the leader lease was lost"));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }
}
