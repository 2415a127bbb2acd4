package dev.tiphys.controllermanager;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.DaemonOptions;
import dev.tiphys.daemon.options.DurationConverter;
import dev.tiphys.daemon.options.LeaderElectionOptions;
import dev.tiphys.daemon.options.ServingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The controller manager's flags, named as upstream names them. */
@Command(
    description = "Brings the cluster to the state that its objects ask for.",
    sortOptions = false)
final class ControllerManagerOptions extends DaemonOptions {

  private static final int SECURE_PORT = 10257;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "How to reach the API server. Default: as a pod of the cluster.")
  @Nullable Path kubeconfig;

  @Mixin
  final LeaderElectionOptions leaderElection = new LeaderElectionOptions("kube-controller-manager");

  @Mixin final ServingOptions serving = new ServingOptions(SECURE_PORT);

  @Option(
      names = "--controllers",
      paramLabel = "NAMES",
      split = ",",
      description = "Which to run: * for all that run by default, NAME for one, -NAME for not one.")
  private List<String> controllers = new ArrayList<>(List.of("*"));

  @Option(
      names = "--root-ca-file",
      paramLabel = "FILE",
      description = "Certificate authority to put into every namespace, PEM.")
  private @Nullable Path rootCa;

  @Option(
      names = "--allocate-node-cidrs",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Give each node a part of --cluster-cidr. Default: false.")
  private boolean allocateNodeCidrs;

  @Option(
      names = "--cluster-cidr",
      paramLabel = "RANGES",
      split = ",",
      description = "Addresses of pods: a range, or one of IPv4 and one of IPv6.")
  private List<String> clusterCidrs = new ArrayList<>();

  @Option(
      names = {"--node-cidr-mask-size", "--node-cidr-mask-size-ipv4"},
      paramLabel = "BITS",
      description = "Prefix length of a node's part in IPv4. Default: 24.")
  private int nodeMask = 24;

  @Option(
      names = "--node-cidr-mask-size-ipv6",
      paramLabel = "BITS",
      description = "Prefix length of a node's part in IPv6. Default: 64.")
  private int nodeMask6 = 64;

  @Option(
      names = "--node-monitor-grace-period",
      converter = DurationConverter.class,
      description = "How long a node may be silent. Default: 50s.")
  private Duration nodeGrace = Duration.ofSeconds(50);

  @Option(
      names = "--node-startup-grace-period",
      converter = DurationConverter.class,
      description = "How long a new node may take to speak. Default: 1m0s.")
  private Duration nodeStartupGrace = Duration.ofMinutes(1);

  @Option(
      names = "--terminated-pod-gc-threshold",
      paramLabel = "PODS",
      description = "How many ended pods are kept; 0 for all. Default: 12500.")
  private int endedPods = 12_500;

  @Option(
      names = "--concurrent-deployment-syncs",
      paramLabel = "N",
      description = "Deployments reconciled at once. Default: 5.")
  private int deployments = 5;

  @Option(
      names = "--concurrent-replicaset-syncs",
      paramLabel = "N",
      description = "ReplicaSets reconciled at once. Default: 5.")
  private int replicaSets = 5;

  @Option(
      names = "--concurrent-endpoint-syncs",
      paramLabel = "N",
      description = "Endpoints reconciled at once. Default: 5.")
  private int endpoints = 5;

  @Option(
      names = "--concurrent-service-endpoint-syncs",
      paramLabel = "N",
      description = "EndpointSlices of Services reconciled at once. Default: 5.")
  private int slices = 5;

  @Option(
      names = "--concurrent-namespace-syncs",
      paramLabel = "N",
      description = "Namespaces emptied at once. Default: 10.")
  private int namespaces = 10;

  @Option(
      names = "--concurrent-gc-syncs",
      paramLabel = "N",
      description = "Objects that the garbage collector looks at at once. Default: 20.")
  private int garbage = 20;

  /**
   * The flags as a whole.
   *
   * @throws ConfigException if one is wrong, by its name
   */
  ControllerManagerConfig validated() {
    if (allocateNodeCidrs && clusterCidrs.isEmpty()) {
      throw ConfigException.flag("--allocate-node-cidrs", "needs --cluster-cidr");
    }
    if (!nodeGrace.isPositive()) {
      throw ConfigException.flag("--node-monitor-grace-period", "must be positive");
    }
    return new ControllerManagerConfig(
        Selected.parse(controllers),
        authority(),
        allocateNodeCidrs ? clusterCidrs : List.of(),
        nodeMask,
        nodeMask6,
        nodeGrace,
        nodeStartupGrace,
        endedPods,
        new ControllerManagerConfig.Workers(
            workers("--concurrent-deployment-syncs", deployments),
            workers("--concurrent-replicaset-syncs", replicaSets),
            workers("--concurrent-endpoint-syncs", endpoints),
            workers("--concurrent-service-endpoint-syncs", slices),
            workers("--concurrent-namespace-syncs", namespaces),
            workers("--concurrent-gc-syncs", garbage)));
  }

  private static int workers(String flag, int number) {
    if (number < 1) {
      throw ConfigException.flag(flag, "must be 1 or more, not " + number);
    }
    return number;
  }

  private @Nullable String authority() {
    if (rootCa == null) {
      return null;
    }
    try {
      return Files.readString(rootCa);
    } catch (IOException e) {
      throw new ConfigException("--root-ca-file: " + rootCa + " cannot be read: " + e, e);
    }
  }
}
