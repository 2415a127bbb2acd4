package dev.tiphys.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketEndpointTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"unix:///run/containerd/containerd.sock", "/run/containerd/containerd.sock"})
  void takesAUnixUrlOrABarePath(String endpoint) {
    assertThat(SocketEndpoint.parse(endpoint).path())
        .isEqualTo(Path.of("/run/containerd/containerd.sock"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp://127.0.0.1:3735", "npipe:////./pipe/x", "run/x.sock", ""})
  void saysHowToWriteWhatItCannotUse(String endpoint) {
    assertThatThrownBy(() -> SocketEndpoint.parse(endpoint))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + endpoint + "\"")
        .hasMessageContaining("unix:///run/containerd/containerd.sock");
  }

  @Test
  void refusesAPathThatLinuxWouldRefuse() {
    assertThatThrownBy(() -> SocketEndpoint.parse("unix:///" + "a".repeat(107)))
        .hasMessageContaining("107 bytes");
  }
}
