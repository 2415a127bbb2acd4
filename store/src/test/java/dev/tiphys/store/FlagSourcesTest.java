package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.IgnoredFlags;
import dev.tiphys.store.peer.PeerTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Flags from the environment and from a file, as an etcd takes them. */
class FlagSourcesTest {
  @TempDir private Path directory = Path.of("");
  private final IgnoredFlags ignored = IgnoredFlags.fromResource(Main.class, "ignored-flags.txt");
  private final FlagSources sources = new FlagSources(new StoreOptions(), ignored);

  @Test
  void theEnvironmentSetsFlags() {
    var gathered =
        sources.gather(
            List.of("--name=m1"),
            Map.of(
                "ETCD_DATA_DIR", "/tmp/x",
                "ETCD_LISTEN_CLIENT_URLS", "http://127.0.0.1:1,http://127.0.0.1:2",
                "ETCD_CLIENT_CERT_AUTH", "false",
                "ETCD_MAX_WALS", "",
                "ETCD_ENABLE_PPROF", "true",
                "PATH", "/bin"));
    assertThat(gathered.notes()).isEmpty();
    var config = config(gathered);
    assertThat(config.name()).isEqualTo("m1");
    assertThat(config.dataDir()).isEqualTo(Path.of("/tmp/x"));
    assertThat(config.clientListeners()).hasSize(2);
  }

  @Test
  void aVariableThatIsNoFlagIsToldOf() {
    var gathered = sources.gather(List.of(), Map.of("ETCD_SERVICE_HOST", "10.0.0.1"));
    assertThat(gathered.arguments()).isEmpty();
    assertThat(gathered.notes()).singleElement().asString().contains("ETCD_SERVICE_HOST");
  }

  @Test
  void aFlagInBothPlacesIsRefused() {
    assertThatThrownBy(() -> sources.gather(List.of("--name=a"), Map.of("ETCD_NAME", "a")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("ETCD_NAME")
        .hasMessageContaining("--name");
  }

  @Test
  void aFileSetsAllFlagsAndNothingElseDoes() throws IOException {
    var file =
        write(
            """
            # as etcd's sample has it
            name: 'm1'
            data-dir: /tmp/y
            wal-dir:
            snapshot-count: 500
            quota-backend-bytes: 0
            listen-client-urls: https://127.0.0.1:1,https://127.0.0.1:2
            initial-cluster: m1=http://127.0.0.1:3
            client-transport-security:
              cert-file: /c
              key-file: /k
              client-cert-auth: true
              trusted-ca-file: /ca
              auto-tls: false
            peer-transport-security:
              cert-file: /pc
              key-file: /pk
            log-outputs: [stderr]
            auto-compaction-retention: "1"
            grpc-keepalive-min-time: 3000000000
            cipher-suites: [
              TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
              TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
            ]
            tls-min-version: 'TLS1.2'
            """);
    var gathered =
        sources.gather(
            List.of("--name=other", "--config-file", file.toString()),
            Map.of("ETCD_DATA_DIR", "/tmp/other"));
    assertThat(gathered.notes()).singleElement().asString().contains("are ignored");
    var config = config(gathered);
    assertThat(config.name()).isEqualTo("m1");
    assertThat(config.dataDir()).isEqualTo(Path.of("/tmp/y"));
    assertThat(config.snapshotEntries()).isEqualTo(500);
    assertThat(config.clientListeners()).hasSize(2);
    assertThat(config.clientTls().orElseThrow().clientCa()).isEqualTo(Path.of("/ca"));
    assertThat(config.clientTls().orElseThrow().rules().cipherSuites())
        .startsWith(
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
    assertThat(config.peerTls().orElseThrow().certificate()).isEqualTo(Path.of("/pc"));
    assertThat(config.front().minTime()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.compaction())
        .isEqualTo(new StoreConfig.Compaction.Periodic(Duration.ofHours(1)));
  }

  @Test
  void someKeysOfAFileHaveNamesOfTheirOwn() throws IOException {
    var file =
        write(
            """
            client-transport-security: {cert-file: /c, key-file: /k, trusted-ca-file: /ca,
              allowed-hostname: a.example.com}
            peer-transport-security: {cert-file: /c, key-file: /k, trusted-ca-file: /ca,
              client-cert-file: /cc, client-key-file: /ck, allowed-cn:, allowed-hostname:
              [b.example.com, c.example.com], skip-client-san-verification: true}
            experimental-initial-corrupt-check: true
            experimental-compact-hash-check-enabled: true
            experimental-compact-hash-check-time: 120000000000
            """);
    var config = config(sources.gather(List.of("--config-file=" + file), Map.of()));
    assertThat(config.clientTls().orElseThrow().names().hosts()).containsExactly("a.example.com");
    var peers = config.peerTls().orElseThrow();
    assertThat(peers.names().hosts()).containsExactly("b.example.com", "c.example.com");
    assertThat(peers.calling()).isEqualTo(new PeerTls.Pair(Path.of("/cc"), Path.of("/ck")));
    assertThat(config.checks())
        .isEqualTo(
            new CheckOptions.Checks(true, Optional.empty(), Optional.of(Duration.ofMinutes(2))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--feature-gates=InitialCorruptCheck=true,CompactHashCheck=true|true|true",
        "--feature-gates=CompactHashCheck=true,LeaseCheckpoint=false|false|true",
        "--experimental-initial-corrupt-check --feature-gates=InitialCorruptCheck=false|false|false",
        "--initial-corrupt-check|true|false",
        "--name=x|false|false"
      })
  void checksAreAskedForByFlagOrGate(String flags, boolean initial, boolean compacted) {
    var config = config(sources.gather(List.of(flags.split(" ")), Map.of()));
    assertThat(config.checks().initial()).isEqualTo(initial);
    assertThat(config.checks().compacted().isPresent()).isEqualTo(compacted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--feature-gates=NoSuchGate=true",
        "--feature-gates=CompactHashCheck",
        "--feature-gates=CompactHashCheck=yes",
        "--experimental-corrupt-check-time=-1s",
        "--experimental-compact-hash-check-time=0s"
      })
  void checksThatCannotBeMadeAreRefused(String flag) {
    assertThatThrownBy(() -> config(sources.gather(List.of(flag), Map.of())))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(flag.substring(0, flag.indexOf('=')));
  }

  @Test
  void theEnvironmentMayNameTheFile() throws IOException {
    var file = write("name: m7");
    var gathered = sources.gather(List.of(), Map.of("ETCD_CONFIG_FILE", file.toString()));
    assertThat(config(gathered).name()).isEqualTo("m7");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nmae: m1",
        "client-transport-security: {cert: /c}",
        "client-transport-security: /c",
        "name: {first: m1}",
        "config-file: /etc/other",
        "- name",
        "name: 'm1",
      })
  void aFileThatIsWrongIsNamed(String yaml) throws IOException {
    var file = write(yaml).toString();
    assertThatThrownBy(() -> sources.gather(List.of("--config-file=" + file), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("--config-file")
        .hasMessageContaining(file);
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> sources.gather(List.of("--config-file=/none"), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("/none");
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(directory.resolve("etcd.yml"), yaml);
  }

  private StoreConfig config(FlagSources.Gathered gathered) {
    var options = new StoreOptions();
    var arguments = ignored.split(gathered.arguments()).arguments();
    new CommandLine(options).parseArgs(arguments.toArray(String[]::new));
    return StoreConfig.of(options);
  }
}
