package dev.tiphys.client.leader;

import dev.tiphys.api.coordination.v1.Lease;
import dev.tiphys.api.coordination.v1.LeaseSpec;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.environment.Environment;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries to hold a Lease, and says when it does and when it no longer does. Compatible with other
 * clients that elect by Lease.
 *
 * <p>Clocks of different machines are never compared: a lease of another counts as dead when it has
 * not changed for its duration by our own measure of time. Thread-safe.
 */
public final class LeaderElector implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LeaderElector.class);
  private static final double JITTER = 1.2;

  private final ResourceClient<Lease> leases;
  private final Config config;
  private final Environment environment;
  private final Runnable onStarted;
  private final Runnable onStopped;
  private @Nullable Lease observed;
  private Duration observedAt = Duration.ZERO;
  private volatile boolean leading;
  private volatile boolean closed;
  private Environment.@Nullable Task loop;
  private Environment.@Nullable Task deadline;

  /**
   * What to hold and for how long.
   *
   * @param namespace usually {@code kube-system}
   * @param name the Lease's name, as {@code kube-scheduler}
   * @param identity unique to this process: host name and something random
   * @param leaseDuration how long others wait before they take over
   * @param renewDeadline how long to try to renew before giving up; less than leaseDuration
   * @param retryPeriod between tries; less than renewDeadline
   */
  public record Config(
      String namespace,
      String name,
      String identity,
      Duration leaseDuration,
      Duration renewDeadline,
      Duration retryPeriod) {

    /** Checks that the times are in order. */
    public Config {
      if (leaseDuration.compareTo(renewDeadline) <= 0) {
        throw new IllegalArgumentException(
            "--leader-elect-lease-duration must be greater than --leader-elect-renew-deadline");
      }
      if (renewDeadline.toNanos() <= JITTER * retryPeriod.toNanos()) {
        throw new IllegalArgumentException(
            "--leader-elect-renew-deadline must be greater than 1.2 x --leader-elect-retry-period");
      }
    }

    /** Upstream's times: 15 s, 10 s, 2 s. */
    public static Config of(String namespace, String name, String identity) {
      return new Config(
          namespace,
          name,
          identity,
          Duration.ofSeconds(15),
          Duration.ofSeconds(10),
          Duration.ofSeconds(2));
    }
  }

  /**
   * Makes an elector.
   *
   * @param leases the Lease resource, any namespace
   * @param onStarted called in a task of its own when the lease is ours
   * @param onStopped called in a task of its own when it was ours and could not be renewed; a
   *     daemon ends then, for another may be leading already. Not called by {@link #close}.
   */
  public LeaderElector(
      ResourceClient<Lease> leases,
      Config config,
      Environment environment,
      Runnable onStarted,
      Runnable onStopped) {
    this.leases = leases.inNamespace(config.namespace());
    this.config = config;
    this.environment = environment;
    this.onStarted = onStarted;
    this.onStopped = onStopped;
  }

  /** Begins to try. */
  public synchronized void start() {
    loop = environment.execute("leader-" + config.name(), this::run);
  }

  /** Whether the lease is ours as far as we know. */
  public boolean isLeader() {
    return leading;
  }

  private void run() {
    try {
      while (!closed) {
        if (tryToHold()) {
          held();
        }
        double stretch = leading ? 1 : 1 + (JITTER - 1) * environment.random().nextDouble();
        environment.sleep(Duration.ofNanos((long) (config.retryPeriod().toNanos() * stretch)));
      }
    } catch (InterruptedException cancelled) {
      log.debug("event=leader-election-ended lease={}", config.name());
    }
  }

  private synchronized void held() {
    if (closed) {
      return;
    }
    if (deadline != null) {
      deadline.cancel();
    }
    deadline =
        environment.schedule(
            config.renewDeadline(), "leader-deadline-" + config.name(), this::lost);
    if (!leading) {
      leading = true;
      log.info(
          "event=leading lease={}/{} identity={}",
          config.namespace(),
          config.name(),
          config.identity());
      environment.execute("leading-" + config.name(), onStarted);
    }
  }

  private void lost() {
    synchronized (this) {
      if (closed || !leading) {
        return;
      }
      leading = false;
      if (loop != null) {
        loop.cancel();
      }
    }
    log.error("event=leadership-lost lease={}/{}", config.namespace(), config.name());
    onStopped.run();
  }

  private boolean tryToHold() {
    try {
      Optional<Lease> found = leases.find(config.name());
      if (found.isEmpty()) {
        remember(leases.create(fresh()));
        return true;
      }
      Lease current = found.get();
      if (observed == null || !Objects.equals(observed.spec(), current.spec())) {
        remember(current);
      }
      LeaseSpec spec = current.spec() == null ? LeaseSpec.builder().build() : current.spec();
      String holder = Objects.requireNonNullElse(spec.holderIdentity(), "");
      boolean ours = holder.equals(config.identity());
      if (!ours && !holder.isEmpty() && alive(spec)) {
        return false;
      }
      remember(leases.update(current.withSpec(taken(spec, ours))));
      return true;
    } catch (ApiException.Conflict | ApiException.AlreadyExists raced) {
      log.debug("event=lease-raced lease={}", config.name());
      return false;
    } catch (ApiException failure) {
      log.warn("event=lease-failed lease={} error={}", config.name(), failure.getMessage());
      return false;
    }
  }

  private void remember(Lease lease) {
    observed = lease;
    observedAt = environment.uptime();
  }

  private boolean alive(LeaseSpec spec) {
    Integer seconds = spec.leaseDurationSeconds();
    Duration duration = seconds == null ? config.leaseDuration() : Duration.ofSeconds(seconds);
    return environment.uptime().compareTo(observedAt.plus(duration)) < 0;
  }

  private LeaseSpec taken(LeaseSpec before, boolean ours) {
    int transitions = Objects.requireNonNullElse(before.leaseTransitions(), 0);
    Instant acquired = before.acquireTime();
    return before.toBuilder()
        .holderIdentity(config.identity())
        .leaseDurationSeconds((int) config.leaseDuration().toSeconds())
        .renewTime(now())
        .acquireTime(ours && acquired != null ? acquired : now())
        .leaseTransitions(ours ? transitions : transitions + 1)
        .build();
  }

  private Lease fresh() {
    return Lease.builder()
        .metadata(ObjectMeta.builder().namespace(config.namespace()).name(config.name()).build())
        .spec(
            LeaseSpec.builder()
                .holderIdentity(config.identity())
                .leaseDurationSeconds((int) config.leaseDuration().toSeconds())
                .acquireTime(now())
                .renewTime(now())
                .leaseTransitions(0)
                .build())
        .build();
  }

  private Instant now() {
    return environment.clock().instant().truncatedTo(ChronoUnit.MICROS);
  }

  /** Stops to try and, if the lease is ours, gives it up so that another need not wait. */
  @Override
  public void close() {
    boolean release;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      release = leading;
      leading = false;
      if (loop != null) {
        loop.cancel();
      }
      if (deadline != null) {
        deadline.cancel();
      }
    }
    if (release) {
      release();
    }
  }

  private void release() {
    try {
      Lease current = leases.get(config.name());
      LeaseSpec spec = current.spec();
      if (spec == null || !config.identity().equals(spec.holderIdentity())) {
        return;
      }
      leases.update(
          current.withSpec(
              spec.toBuilder()
                  .holderIdentity("")
                  .leaseDurationSeconds(1)
                  .renewTime(now())
                  .build()));
      log.info("event=lease-released lease={}/{}", config.namespace(), config.name());
    } catch (ApiException failure) {
      log.warn("event=lease-not-released lease={} error={}", config.name(), failure.getMessage());
    }
  }
}
