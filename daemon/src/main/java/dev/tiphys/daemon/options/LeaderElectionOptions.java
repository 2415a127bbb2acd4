package dev.tiphys.daemon.options;

import dev.tiphys.daemon.ComponentConfig;
import dev.tiphys.daemon.HostName;
import java.time.Duration;
import java.util.UUID;
import picocli.CommandLine.Option;

/**
 * How copies of a daemon agree on which of them works. Flags win over the {@code leaderElection}
 * part of a configuration file.
 */
public final class LeaderElectionOptions {

  @Option(
      names = "--leader-elect",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Work only while holding the lease. Default: true.")
  private boolean enabled = true;

  @Option(
      names = "--leader-elect-lease-duration",
      converter = DurationConverter.class,
      description = "How long others wait before they take over. Default: 15s.")
  private Duration leaseDuration = Duration.ofSeconds(15);

  @Option(
      names = "--leader-elect-renew-deadline",
      converter = DurationConverter.class,
      description = "How long to try to renew before giving up. Default: 10s.")
  private Duration renewDeadline = Duration.ofSeconds(10);

  @Option(
      names = "--leader-elect-retry-period",
      converter = DurationConverter.class,
      description = "Time between tries. Default: 2s.")
  private Duration retryPeriod = Duration.ofSeconds(2);

  @Option(
      names = "--leader-elect-resource-name",
      paramLabel = "NAME",
      description = "Name of the lease.")
  private String resourceName;

  @Option(
      names = "--leader-elect-resource-namespace",
      paramLabel = "NAMESPACE",
      description = "Namespace of the lease. Default: kube-system.")
  private String resourceNamespace = "kube-system";

  /** Flags with a daemon's own default name of the lease. */
  public LeaderElectionOptions(String defaultName) {
    this.resourceName = defaultName;
  }

  /** Takes over the {@code leaderElection} part of a configuration file. */
  public void apply(ComponentConfig config) {
    enabled = config.bool("leaderElection.leaderElect").orElse(enabled);
    leaseDuration = config.duration("leaderElection.leaseDuration").orElse(leaseDuration);
    renewDeadline = config.duration("leaderElection.renewDeadline").orElse(renewDeadline);
    retryPeriod = config.duration("leaderElection.retryPeriod").orElse(retryPeriod);
    resourceName = config.string("leaderElection.resourceName").orElse(resourceName);
    resourceNamespace = config.string("leaderElection.resourceNamespace").orElse(resourceNamespace);
  }

  /** Whether to elect at all. */
  public boolean enabled() {
    return enabled;
  }

  /** Who this process is among its copies: the host name and something random, new at each call. */
  public String newIdentity() {
    return HostName.read() + "_" + UUID.randomUUID();
  }

  /** How long others wait before they take over. */
  public Duration leaseDuration() {
    return leaseDuration;
  }

  /** How long to try to renew before giving up. */
  public Duration renewDeadline() {
    return renewDeadline;
  }

  /** Time between tries. */
  public Duration retryPeriod() {
    return retryPeriod;
  }

  /** Name of the lease. */
  public String resourceName() {
    return resourceName;
  }

  /** Namespace of the lease. */
  public String resourceNamespace() {
    return resourceNamespace;
  }
}
