package dev.tiphys.apiserver.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

  private static final Instant START = Instant.parse("2026-01-02T03:04:05.006Z");

  @TempDir private Path folder;
  private Instant now = START;
  private final ByteArrayOutputStream console = new ByteArrayOutputStream();

  private AuditLog log(Path path, long maxBytes, int maxBackups, Duration maxAge) {
    return new AuditLog(
        new AuditLog.Settings(path, maxBytes, maxBackups, maxAge),
        () -> now,
        new PrintStream(console, true, UTF_8));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void aFullFileIsKeptUnderItsMoment() throws IOException {
    try (AuditLog log = log(folder.resolve("audit.log"), 10, 0, Duration.ZERO)) {
      assertThat(log.write("12345\n".getBytes(UTF_8))).isTrue();
      assertThat(log.write("67890\n".getBytes(UTF_8))).isTrue();
    }

    assertThat(files()).containsExactly("audit-2026-01-02T03-04-05.006.log", "audit.log");
    assertThat(folder.resolve("audit.log")).hasContent("67890\n");
  }

  @Test
  void oldFilesGoByNumberAndAge() throws IOException {
    Files.writeString(folder.resolve("audit-notes.log"), "mine");
    try (AuditLog log = log(folder.resolve("audit.log"), 1, 2, Duration.ofDays(1))) {
      for (int day = 0; day < 4; day++) {
        now = START.plus(Duration.ofHours(10L * day));
        assertThat(log.write("line\n".getBytes(UTF_8))).isTrue();
      }
      assertThat(files())
          .containsExactly(
              "audit-2026-01-02T23-04-05.006.log",
              "audit-2026-01-03T09-04-05.006.log",
              "audit-notes.log",
              "audit.log");
      now = START.plus(Duration.ofDays(9));
      assertThat(log.write("line\n".getBytes(UTF_8))).isTrue();
    }

    assertThat(files())
        .containsExactly("audit-2026-01-11T03-04-05.006.log", "audit-notes.log", "audit.log");
  }

  @Test
  void aLogGoesOnWhereItEnded() throws IOException {
    Path file = folder.resolve("audit.log");
    for (int i = 0; i < 2; i++) {
      try (AuditLog log = log(file, 0, 0, Duration.ZERO)) {
        assertThat(log.write("line\n".getBytes(UTF_8))).isTrue();
      }
    }

    assertThat(file).hasContent("line\nline\n");
  }

  @Test
  void aDashIsStandardOutput() throws IOException {
    try (AuditLog log = log(Path.of("-"), 0, 0, Duration.ZERO)) {
      assertThat(log.write("line\n".getBytes(UTF_8))).isTrue();
    }

    assertThat(console.toString(UTF_8)).isEqualTo("line\n");
    assertThat(files()).isEmpty();
  }
}
