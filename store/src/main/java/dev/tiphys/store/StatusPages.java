package dev.tiphys.store;

import dev.tiphys.daemon.HealthChecks;
import dev.tiphys.daemon.Metrics;
import dev.tiphys.daemon.StatusServer;
import dev.tiphys.daemon.Version;
import dev.tiphys.daemon.tls.ServerTls;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.raft.RaftNode;
import dev.tiphys.store.rpc.AlarmType;
import dev.tiphys.store.service.MaintenanceService;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What is served over HTTP at the metrics URLs and beside gRPC, under etcd's paths and in its
 * words. Thread-safe.
 */
final class StatusPages {
  private static final List<String> HEALTH_PATHS = List.of("healthz", "livez", "readyz");
  private static final String JSON = "application/json";

  private final Machine machine;
  private final RaftNode raft;
  private final HealthChecks health = new HealthChecks();
  private final Metrics metrics = new Metrics();

  /** Takes what is told about. */
  StatusPages(
      Machine machine,
      RaftNode raft,
      long member,
      long quotaBytes,
      CallMetrics calls,
      Measurements measurements) {
    this.machine = machine;
    this.raft = raft;
    // etcd's names; a member that reads from its own state only needs no leader.
    health.add("serializable_read", HealthChecks.Scope.LIVE, Optional::empty);
    health.add(
        "data_corruption",
        HealthChecks.Scope.READY,
        () ->
            isRaised(AlarmType.CORRUPT)
                ? Optional.of("alarm activated: CORRUPT")
                : Optional.empty());
    health.add("linearizable_read", HealthChecks.Scope.READY, this::readProblem);
    StoreMetrics.register(metrics, measurements, machine, raft, member, quotaBytes);
    calls.register(metrics.registry());
  }

  /** Starts serving; close what is returned. */
  List<StatusServer> serve(StoreConfig config) {
    var servers = new ArrayList<StatusServer>();
    for (var endpoint : config.metricsListeners()) {
      var tls = endpoint.tls() ? config.clientTls().map(StatusPages::tls).orElseThrow() : null;
      var server = StatusServer.start(endpoint.address(), tls, health, metrics);
      server.serve("/health", this::health);
      server.serveVersion(StatusPages::version);
      servers.add(server);
    }
    return servers;
  }

  /**
   * A page as the client URLs serve it: to whoever may connect there, as etcd does.
   *
   * @param path with its slash
   * @param query "" without one
   */
  Optional<StatusServer.Page> page(String path, String query) {
    return switch (path) {
      case "/health" -> Optional.of(health(query));
      case "/version" -> Optional.of(version());
      case "/metrics" ->
          Optional.of(
              new StatusServer.Page(
                  200,
                  StatusServer.METRICS_TYPE,
                  new String(metrics.toText(), StandardCharsets.UTF_8)));
      default -> {
        var asked = path.substring(Math.min(1, path.length()));
        yield HEALTH_PATHS.stream()
            .filter(known -> asked.equals(known) || asked.startsWith(known + "/"))
            .findFirst()
            .map(known -> StatusServer.healthPage(health, known, asked, query));
      }
    };
  }

  /** What a linearizable read would fail with, found out as by one; takes as long as it may. */
  private Optional<String> readProblem() {
    if (raft.status().leader() == 0) {
      return Optional.of(StoreError.NO_LEADER.text());
    }
    try {
      raft.awaitFresh();
      return Optional.empty();
    } catch (StoreException e) {
      return Optional.of(e.error().text());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(StoreError.STOPPED.text());
    }
  }

  /** As etcd says it, for probes written for etcd: {@code ?exclude=NOSPACE&serializable=true}. */
  private StatusServer.Page health(String query) {
    var options = Arrays.asList(query.split("&"));
    var reason = "";
    for (var alarm : machine.alarms()) {
      if (!options.contains("exclude=" + alarm.getAlarm())) {
        reason = "ALARM " + alarm.getAlarm();
      }
    }
    if (reason.isEmpty() && !options.contains("serializable=true")) {
      reason =
          raft.status().leader() == 0
              ? "RAFT NO LEADER"
              : readProblem().map(problem -> "RANGE ERROR:" + problem).orElse("");
    }
    return new StatusServer.Page(
        reason.isEmpty() ? 200 : 503,
        JSON,
        "{\"health\":\"%s\",\"reason\":\"%s\"}".formatted(reason.isEmpty(), reason));
  }

  private static StatusServer.Page version() {
    var etcd = MaintenanceService.ETCD_VERSION;
    var cluster = etcd.substring(0, etcd.lastIndexOf('.')) + ".0";
    return new StatusServer.Page(
        200,
        JSON,
        "{\"etcdserver\":\"%s\",\"etcdcluster\":\"%s\",\"tiphys\":\"%s\"}"
            .formatted(etcd, cluster, Version.current().gitVersion()));
  }

  private boolean isRaised(AlarmType type) {
    return machine.alarms().stream().anyMatch(alarm -> alarm.getAlarm() == type);
  }

  private static ServerTls tls(StoreConfig.Tls files) {
    return ServerTls.fromFiles(
            files.certificate(), files.key(), files.clientCa(), files.revoked(), files.names())
        .with(files.rules());
  }
}
