package dev.tiphys.kubelet.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRotationTest {
  @TempDir Path directory;
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void leavesASmallLogAlone() throws IOException {
    Path log = Files.writeString(directory.resolve("0.log"), "0123456789");

    assertThat(new LogRotation(new LogQuota(10, 3), () -> now).rotate(log, () -> {})).isFalse();
    assertThat(
            new LogRotation(new LogQuota(10, 3), () -> now)
                .rotate(directory.resolve("1.log"), () -> {}))
        .isFalse();
  }

  @Test
  void keepsTheCurrentAFreshAndTheRestCompressed() throws IOException {
    Path log = directory.resolve("0.log");
    LogRotation rotation = new LogRotation(new LogQuota(3, 4), () -> now);
    for (String text : List.of("first", "second", "third", "fourth")) {
      Files.writeString(log, text);
      assertThat(rotation.rotate(log, () -> create(log))).isTrue();
      now = now.plusSeconds(1);
    }

    assertThat(names())
        .containsExactly(
            "0.log",
            "0.log.20260102-030406.gz",
            "0.log.20260102-030407.gz",
            "0.log.20260102-030408");
    try (var in =
        new GZIPInputStream(Files.newInputStream(directory.resolve("0.log.20260102-030407.gz")))) {
      assertThat(new String(in.readAllBytes())).isEqualTo("third");
    }
    assertThat(directory.resolve("0.log.20260102-030408")).hasContent("fourth");
  }

  @Test
  void givesALogItsNameBackIfTheRuntimeCannotBeginANewOne() throws IOException {
    Path log = Files.writeString(directory.resolve("0.log"), "text");

    assertThatThrownBy(() ->
            new LogRotation(new LogQuota(1, 2), () -> now)
                .rotate(
                    log,
                    () -> {
                      throw new IllegalStateException("away");
                    }))
        .hasMessage("away");
    assertThat(names()).containsExactly("0.log");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private static void create(Path log) {
    try {
      Files.createFile(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
