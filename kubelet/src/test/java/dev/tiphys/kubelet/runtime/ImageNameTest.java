package dev.tiphys.kubelet.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {
  @ParameterizedTest
  @CsvSource({
    "busybox, busybox:latest, docker.io",
    "busybox:1.36, busybox:1.36, docker.io",
    "library/busybox, library/busybox:latest, docker.io",
    "tiphys.local/echo:1, tiphys.local/echo:1, tiphys.local",
    "localhost/a, localhost/a:latest, localhost",
    "registry.example:5000/a/b_c, registry.example:5000/a/b_c:latest, registry.example:5000",
  })
  void meansTheLatestUnlessItSaysMore(String name, String complete, String registry) {
    assertThat(ImageName.complete(name)).isEqualTo(complete);
    assertThat(ImageName.registry(name)).isEqualTo(registry);
  }

  @Test
  void keepsADigest() {
    String name = "busybox@sha256:" + "0".repeat(64);
    assertThat(ImageName.complete(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:", "a//b", "-a", "a@sha256:12", "http://a/b"})
  void refusesWhatIsNoName(String name) {
    assertThatThrownBy(() -> ImageName.complete(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("invalid reference format");
  }

  @Test
  void saysThatUpperCaseIsTheTrouble() {
    assertThatThrownBy(() -> ImageName.complete("BusyBox"))
        .hasMessageContaining("repository name must be lowercase");
  }
}
