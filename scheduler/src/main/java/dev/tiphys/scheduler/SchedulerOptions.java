package dev.tiphys.scheduler;

import dev.tiphys.daemon.DaemonOptions;
import dev.tiphys.daemon.options.LeaderElectionOptions;
import dev.tiphys.daemon.options.ServingOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The scheduler's flags, named as upstream names them. */
@Command(description = "Gives each pod that waits a node.", sortOptions = false)
final class SchedulerOptions extends DaemonOptions {

  private static final int SECURE_PORT = 10259;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "How to reach the API server. Default: as a pod of the cluster.")
  @Nullable Path kubeconfig;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A KubeSchedulerConfiguration; its fields win over flags.")
  @Nullable Path config;

  @Mixin final LeaderElectionOptions leaderElection = new LeaderElectionOptions("kube-scheduler");

  @Mixin final ServingOptions serving = new ServingOptions(SECURE_PORT);
}
