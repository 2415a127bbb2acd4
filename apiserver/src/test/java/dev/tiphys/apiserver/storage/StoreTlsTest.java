package dev.tiphys.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.apiserver.http.TestCertificates;
import dev.tiphys.daemon.ConfigException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@EnabledIf(
    value = "dev.tiphys.apiserver.storage.EtcdProcess#installed",
    disabledReason = "no /usr/bin/etcd: apt-get install etcd-server")
class StoreTlsTest {

  @TempDir Path folder;

  @Test
  void aClientCertificateLetsUsInAndADeadMemberIsPassedOver() throws Exception {
    TestCertificates certificates = TestCertificates.in(folder);
    try (EtcdProcess etcd = EtcdProcess.start(folder, certificates);
        Store store =
            Store.connect(
                new StoreConfig(
                    List.of(URI.create("https://127.0.0.1:1"), etcd.endpoint()),
                    certificates.file("ca.crt"),
                    certificates.file("client.crt"),
                    certificates.file("client.key"),
                    StoreConfig.DEFAULT_PREFIX,
                    Duration.ZERO),
                InstantSource.system())) {
      assertThat(store.revision()).isPositive();
    }
  }

  @Test
  void aFileThatIsNoKeyIsNamedAsTheFlagsFault() throws Exception {
    Path noKey = Files.writeString(folder.resolve("no.key"), "nothing");
    StoreConfig config =
        new StoreConfig(
            List.of(URI.create("https://127.0.0.1:1")),
            noKey,
            null,
            null,
            StoreConfig.DEFAULT_PREFIX,
            Duration.ZERO);

    assertThatThrownBy(() -> Store.connect(config, InstantSource.system()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("--etcd-cafile");
  }
}
