package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.IgnoredFlags;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** No flag of etcd 3.5 is unknown, and none is passed over that somebody relies on. */
class KnownFlagsTest {
  /** What {@code etcd --help} of 3.5.16 lists. */
  private static final String ETCD =
      """
      advertise-client-urls auth-token auth-token-ttl
      auto-compaction-mode auto-compaction-retention auto-tls
      backend-batch-interval backend-batch-limit backend-bbolt-freelist-type
      bcrypt-cost cert-file cipher-suites
      client-cert-allowed-hostname client-cert-auth client-cert-file
      client-crl-file client-key-file cors
      data-dir discovery discovery-fallback
      discovery-proxy discovery-srv discovery-srv-name
      election-timeout enable-grpc-gateway enable-log-rotation
      enable-pprof enable-v2 experimental-bootstrap-defrag-threshold-megabytes
      experimental-compact-hash-check-enabled experimental-compact-hash-check-time experimental-compaction-batch-limit
      experimental-compaction-sleep-interval experimental-corrupt-check-time experimental-distributed-tracing-address
      experimental-distributed-tracing-instance-id experimental-distributed-tracing-sampling-rate experimental-distributed-tracing-service-name
      experimental-downgrade-check-time experimental-enable-distributed-tracing experimental-enable-lease-checkpoint
      experimental-enable-lease-checkpoint-persist experimental-enable-v2v3 experimental-initial-corrupt-check
      experimental-memory-mlock experimental-peer-skip-client-san-verification experimental-stop-grpc-service-on-defrag
      experimental-txn-mode-write-with-shared-buffer experimental-warning-apply-duration experimental-watch-progress-notify-interval
      force-new-cluster grpc-keepalive-interval grpc-keepalive-min-time
      grpc-keepalive-timeout heartbeat-interval host-whitelist
      initial-advertise-peer-urls initial-cluster initial-cluster-state
      initial-cluster-token initial-election-tick-advance key-file
      listen-client-http-urls listen-client-urls listen-metrics-urls
      listen-peer-urls log-level log-outputs
      log-rotation-config-json logger max-concurrent-streams
      max-request-bytes max-snapshots max-txn-ops
      max-wals metrics name
      peer-auto-tls peer-cert-allowed-cn peer-cert-allowed-hostname
      peer-cert-file peer-client-cert-auth peer-client-cert-file
      peer-client-key-file peer-crl-file peer-key-file
      peer-trusted-ca-file pre-vote proxy
      proxy-dial-timeout proxy-failure-wait proxy-read-timeout
      proxy-refresh-interval proxy-write-timeout quota-backend-bytes
      raft-read-timeout raft-write-timeout self-signed-cert-validity
      snapshot-count socket-reuse-address socket-reuse-port
      strict-reconfig-check tls-max-version tls-min-version
      trusted-ca-file unsafe-no-fsync v2-deprecation
      wal-dir
      """;

  private final IgnoredFlags ignored = IgnoredFlags.fromResource(Main.class, "ignored-flags.txt");
  private final RefusedFlags refused = new RefusedFlags(ignored.booleans());

  @Test
  void everyFlagOfAnEtcdIsKnown() {
    var taken = new CommandLine(new StoreOptions()).getCommandSpec().optionsMap().keySet();
    var unknown = new TreeSet<String>();
    for (var name : ETCD.split("\\s+")) {
      unknown.add("--" + name);
    }
    assertThat(unknown).hasSizeGreaterThan(100);
    unknown.removeAll(taken);
    unknown.removeAll(ignored.withValue());
    unknown.removeAll(ignored.booleans());
    assertThat(unknown).isEmpty();
  }

  /** Else the environment and the file would not know them. */
  @Test
  void whatIsRefusedIsKnownToo() {
    assertThat(refused.names())
        .allMatch(name -> ignored.withValue().contains(name) || ignored.booleans().contains(name));
  }

  @Test
  void nothingIsBothTakenAndIgnored() {
    var taken = new CommandLine(new StoreOptions()).getCommandSpec().optionsMap().keySet();
    assertThat(ignored.withValue()).doesNotContainAnyElementsOf(taken);
    assertThat(ignored.booleans()).doesNotContainAnyElementsOf(taken);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--discovery=http://127.0.0.1:1",
        "--discovery-srv example.com",
        "--proxy=readonly",
        "--enable-v2",
        "--enable-v2=true",
        "--experimental-enable-v2v3=/v2",
        "--wal-dir /wal",
        "--listen-client-http-urls=http://127.0.0.1:1"
      })
  void whatWouldBeReliedOnIsRefusedWithWordsThatHelp(String line) {
    var arguments = List.of(line.split(" "));
    assertThatThrownBy(() -> refused.check(arguments))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(arguments.getFirst().replaceAll("=.*", "") + "=")
        .hasMessageContaining(" here: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--discovery=",
        "--proxy=off",
        "--proxy off",
        "--enable-v2=false",
        "--wal-dir=",
        "--discovery-fallback=exit"
      })
  void whatAsksForNothingIsNot(String line) {
    assertThatCode(() -> refused.check(List.of(line.split(" ")))).doesNotThrowAnyException();
  }
}
