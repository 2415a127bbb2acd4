package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.TlsRules;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class StoreConfigTest {
  @Test
  void theDefaultsAreThoseOfEtcd() {
    var config = parse();
    assertThat(config.name()).isEqualTo("default");
    assertThat(config.dataDir()).isEqualTo(Path.of("default.etcd"));
    assertThat(config.clientListeners().getFirst().address().getPort()).isEqualTo(2379);
    assertThat(config.advertiseClientUrls()).containsExactly("http://localhost:2379");
    assertThat(config.maxRequestBytes()).isEqualTo(1_572_864);
    assertThat(config.maxTxnOps()).isEqualTo(128);
    assertThat(config.quotaBytes()).isEqualTo(2L << 30);
    assertThat(config.compaction()).isEqualTo(new StoreConfig.Compaction.Off());
  }

  @Test
  void changesOfMembersAreCheckedUnlessTold() {
    assertThat(parse().strictReconfigCheck()).isTrue();
    assertThat(parse("--strict-reconfig-check").strictReconfigCheck()).isTrue();
    assertThat(parse("--strict-reconfig-check=false").strictReconfigCheck()).isFalse();
    assertThat(parse().maxLearners()).isEqualTo(1);
    assertThat(parse("--experimental-max-learners=3").maxLearners()).isEqualTo(3);
  }

  @Test
  void aLeaderSpeaksAsOftenAsItIsTold() {
    assertThat(parse().heartbeat()).isEmpty();
    assertThat(parse("--heartbeat-interval=50").heartbeat()).contains(Duration.ofMillis(50));
  }

  @Test
  void aMemberIsWhereTheOthersWereToldThatItIs() {
    var config =
        parse(
            "--listen-peer-urls=http://0.0.0.0:2380",
            "--initial-cluster=default=http://10.0.0.1:2380,other=http://10.0.0.2:2380");
    assertThat(config.peerUrls()).containsExactly("http://10.0.0.1:2380");
  }

  @Test
  void compactionIsReadInHoursDurationsOrRevisions() {
    assertThat(parse("--auto-compaction-retention=2").compaction())
        .isEqualTo(new StoreConfig.Compaction.Periodic(Duration.ofHours(2)));
    assertThat(parse("--auto-compaction-retention=90m").compaction())
        .isEqualTo(new StoreConfig.Compaction.Periodic(Duration.ofMinutes(90)));
    assertThat(
            parse("--auto-compaction-mode=revision", "--auto-compaction-retention=1000")
                .compaction())
        .isEqualTo(new StoreConfig.Compaction.Revisions(1000));
  }

  @Test
  void aMemberKeepsItsNumberWhateverTheOrderOfItsUrls() {
    var one = Identity.member("a", java.util.List.of("http://x:1", "http://y:1"), "t");
    var two = Identity.member("b", java.util.List.of("http://y:1", "http://x:1"), "t");
    assertThat(one.id()).isEqualTo(two.id());
    assertThat(Identity.member("a", one.peerUrls(), "other").id()).isNotEqualTo(one.id());
  }

  @ParameterizedTest
  @CsvSource({
    "--listen-client-urls=127.0.0.1:2379, --listen-client-urls",
    "--listen-client-urls=https://127.0.0.1:2379, --cert-file",
    "--listen-metrics-urls=https://127.0.0.1:2381, --listen-metrics-urls",
    "--cert-file=a, --key-file",
    "--client-cert-auth, --trusted-ca-file",
    "--auto-compaction-mode=never, --auto-compaction-mode",
    "--auto-compaction-retention=long, --auto-compaction-retention",
    "--election-timeout=200, --election-timeout",
    "--max-txn-ops=0, --max-txn-ops",
    "--max-request-bytes=67108864, --max-request-bytes",
    "--max-concurrent-streams=0, --max-concurrent-streams",
    "--grpc-keepalive-timeout=-1s, --grpc-keepalive-timeout",
    "--metrics=all, --metrics",
    "--initial-cluster=other=http://127.0.0.1:2380, --initial-cluster",
    "--initial-cluster-state=old, --initial-cluster-state",
    "--name=, --name",
    "--initial-cluster=default=127.0.0.1:2380, --initial-cluster",
    "--listen-peer-urls=https://127.0.0.1:2380, --listen-peer-urls",
    "--max-learners=0, --max-learners",
    "--cors=console.example, --cors",
    "--cors=https://console.example, --cors",
    "--cors=https://console.example:443/x, --cors",
    "--heartbeat-interval=0, --heartbeat-interval",
    "--heartbeat-interval=201, --election-timeout",
  })
  void aWrongFlagIsNamed(String argument, String flag) {
    assertThatThrownBy(() -> parse(argument))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(flag);
  }

  @Test
  void cipherSuitesAndVersionsAreKeptOrRefused() {
    assertThat(tls("--tls-max-version=TLS1.2").protocols()).containsExactly("TLSv1.2");
    assertThat(tls("--cipher-suites=TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305").cipherSuites())
        .contains("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256")
        .doesNotContain("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    for (var wrong :
        List.of(
            "--cipher-suites=TLS_MADE_UP",
            "--tls-min-version=TLS1.1",
            "--tls-min-version=TLS1.3 --tls-max-version=TLS1.2",
            "--tls-min-version=TLS1.3 --cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")) {
      assertThatThrownBy(() -> tls(wrong.split(" ")))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("--cipher-suites");
    }
  }

  @Test
  void whatIsNotGivenIsAsInEtcd() {
    var config = parse();
    assertThat(config.synced()).isTrue();
    assertThat(config.timedCalls()).isFalse();
    assertThat(config.http()).isEqualTo(new HttpRules(true, Set.of("*"), Set.of("*")));
    assertThat(parse("--enable-grpc-gateway=false").http().gateway()).isFalse();
    assertThat(config.front().minTime()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.front().interval()).isEqualTo(Duration.ofHours(2));
    assertThat(parse("--max-concurrent-streams=4294967295").front().streams())
        .isEqualTo(Integer.MAX_VALUE);
    assertThat(parse("--grpc-keepalive-timeout=0").front().interval()).isZero();
    assertThat(parse("--unsafe-no-fsync").synced()).isFalse();
  }

  private static TlsRules tls(String... arguments) {
    var all = new ArrayList<>(List.of("--cert-file=c", "--key-file=k"));
    all.addAll(List.of(arguments));
    return parse(all.toArray(String[]::new)).clientTls().orElseThrow().rules();
  }

  private static StoreConfig parse(String... arguments) {
    var options = new StoreOptions();
    new CommandLine(options).parseArgs(arguments);
    return StoreConfig.of(options);
  }
}
