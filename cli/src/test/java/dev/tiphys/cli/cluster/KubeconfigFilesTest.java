package dev.tiphys.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeconfigFilesTest {

  @TempDir Path home;
  private Path own;
  private Path admin;

  @BeforeEach
  void files() throws IOException {
    own = Files.createDirectories(home.resolve(".kube")).resolve("config");
    admin = home.resolve("admin.conf");
    Files.writeString(admin, "");
  }

  private Map<String, String> environment(String kubeconfig) {
    return Map.of(
        "HOME", home.toString(), "TIPHYS_DATA_DIR", home.toString(), "KUBECONFIG", kubeconfig);
  }

  @Test
  void theOneThatUpWroteIsTheLastResort() throws IOException {
    assertThat(KubeconfigFiles.find(null, environment(""))).containsExactly(admin);
    Files.writeString(own, "");
    assertThat(KubeconfigFiles.find(null, environment(""))).containsExactly(own);
  }

  @Test
  void theVariableListsFilesOfWhichSomeMayBeMissing() throws IOException {
    Path other = Files.writeString(home.resolve("other"), "");
    assertThat(KubeconfigFiles.find(null, environment(other + ":/none:" + admin)))
        .containsExactly(other, admin);
  }

  @Test
  void aNamedFileMustBeThere() {
    assertThat(KubeconfigFiles.find(admin.toString(), environment("/x"))).containsExactly(admin);
    assertThatThrownBy(() -> KubeconfigFiles.find("/none", environment("")))
        .hasMessage("stat /none: no such file or directory");
  }
}
