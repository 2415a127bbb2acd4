package dev.tiphys.kubelet.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.core.v1.VolumeMount;
import dev.tiphys.kubelet.volume.VolumeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubPathsTest {

  @TempDir Path root;

  @Test
  void aMissingSubPathIsMade() throws Exception {
    Path volume = volume();

    assertThat(resolve(volume, "a/b")).isDirectory().isEqualTo(volume.resolve("a/b"));
  }

  @Test
  void aLinkThatLeadsOutIsRefused() throws Exception {
    Path volume = volume();
    Files.createSymbolicLink(volume.resolve("out"), Path.of("/etc"));

    assertThatThrownBy(() -> resolve(volume, "out")).isInstanceOf(VolumeException.class);
    assertThatThrownBy(() -> resolve(volume, "out/passwd")).isInstanceOf(VolumeException.class);
    assertThatThrownBy(() -> resolve(volume, "out/new/file")).isInstanceOf(VolumeException.class);
    assertThat(Path.of("/etc/new")).doesNotExist();
  }

  @Test
  void stepsUpAreRefused() throws Exception {
    Path volume = volume();

    assertThatThrownBy(() -> resolve(volume, "../../x")).isInstanceOf(VolumeException.class);
  }

  private Path volume() throws IOException {
    return Files.createDirectory(root.toRealPath().resolve("volume"));
  }

  private static Path resolve(Path volume, String subPath) throws VolumeException, IOException {
    return SubPaths.resolve(volume, VolumeMount.builder().subPath(subPath).build(), Map.of());
  }
}
