package dev.tiphys.kubelet.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumePathTest {

  @Test
  void relativePathsAreGood() throws VolumeException {
    assertThat(VolumePath.relative("a/b.txt")).isEqualTo("a/b.txt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/etc/passwd", "../x", "a/../../x", "..data", "..x/y"})
  void pathsThatLeaveTheVolumeAreRefused(String path) {
    assertThatThrownBy(() -> VolumePath.relative(path)).isInstanceOf(VolumeException.class);
  }
}
