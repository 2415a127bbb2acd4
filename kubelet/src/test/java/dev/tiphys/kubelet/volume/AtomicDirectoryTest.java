package dev.tiphys.kubelet.volume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.value.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicDirectoryTest {

  @TempDir Path directory;

  @Test
  void filesAreReadThroughOneLinkThatSwitchesThemAll() throws IOException {
    write(Map.of("a", file("1"), "sub/b", file("2")), "g1");

    assertThat(directory.resolve("a")).hasContent("1");
    assertThat(directory.resolve("sub/b")).hasContent("2");
    assertThat(Files.readSymbolicLink(directory.resolve("..data"))).hasToString("..g1");
  }

  @Test
  void anUpdateReplacesContentsAndRemovesWhatIsGone() throws IOException {
    write(Map.of("a", file("1"), "b", file("2")), "g1");

    write(Map.of("a", file("3")), "g2");

    assertThat(directory.resolve("a")).hasContent("3");
    try (Stream<Path> entries = Files.list(directory)) {
      assertThat(entries.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("a", "..data", "..g2");
    }
  }

  @Test
  void theSameContentsAreNotWrittenAgain() throws IOException {
    write(Map.of("a", file("1")), "g1");

    write(Map.of("a", file("1")), "g2");

    assertThat(Files.readSymbolicLink(directory.resolve("..data"))).hasToString("..g1");
  }

  @Test
  void modesAreKept() throws IOException {
    write(Map.of("a", new VolumeFile(file("1").content(), 0400)), "g1");

    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("..g1/a"))))
        .isEqualTo("r--------");
  }

  @Test
  void aWriteThatDiedHalfwayIsFinishedByTheNext() throws IOException {
    write(Map.of("a", file("1")), "g1");
    Files.createDirectory(directory.resolve("..g2"));
    Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..g2"));

    write(Map.of("a", file("2")), "g3");

    assertThat(directory.resolve("a")).hasContent("2");
    assertThat(directory.resolve("..g2")).doesNotExist();
  }

  private void write(Map<String, VolumeFile> files, String generation) throws IOException {
    new AtomicDirectory(directory).write(files, generation, null);
  }

  private static VolumeFile file(String text) {
    return new VolumeFile(Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8)), 0644);
  }
}
