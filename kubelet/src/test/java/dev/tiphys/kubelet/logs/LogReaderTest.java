package dev.tiphys.kubelet.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {
  private static final String ENTRY_TIME = "2026-01-02T03:04:05.000000006Z";

  @TempDir Path directory;

  @Test
  void showsTheTextOfBothStreams() throws Exception {
    Path log = log(entry("stdout", "F", "one"), entry("stderr", "F", "two"));

    assertThat(read(log, LogOptions.WHOLE)).isEqualTo("one\ntwo\n");
  }

  @Test
  void joinsALineThatTheRuntimeSplit() throws Exception {
    Path log = log(entry("stdout", "P", "one, "), entry("stdout", "F", "two"));

    assertThat(read(log, LogOptions.WHOLE)).isEqualTo("one, two\n");
  }

  @Test
  void beginsEachLineWithItsTimeOnce() throws Exception {
    Path log = log(entry("stdout", "P", "a"), entry("stdout", "F", "b"), entry("stdout", "F", ""));

    assertThat(read(log, new LogOptions(false, null, null, true, null, LogOptions.Streams.ALL)))
        .isEqualTo(ENTRY_TIME + " ab\n" + ENTRY_TIME + " \n");
  }

  @Test
  void showsTimesInUtcWhereverTheNodeIs() throws Exception {
    Path log = log("2026-01-02T04:04:05.5+01:00 stdout F x\n");

    assertThat(read(log, new LogOptions(false, null, null, true, null, LogOptions.Streams.ALL)))
        .isEqualTo("2026-01-02T03:04:05.500000000Z x\n");
  }

  @Test
  void countsASplitLineOnceInTheTail() throws Exception {
    Path log =
        log(
            entry("stdout", "F", "one"),
            entry("stdout", "P", "two, "),
            entry("stdout", "F", "still two"),
            entry("stdout", "F", "three"));

    assertThat(read(log, tail(2))).isEqualTo("two, still two\nthree\n");
    assertThat(read(log, tail(1))).isEqualTo("three\n");
    assertThat(read(log, tail(0))).isEmpty();
    assertThat(read(log, tail(9))).isEqualTo("one\ntwo, still two\nthree\n");
  }

  @Test
  void showsOnlyWhatWasWrittenSince() throws Exception {
    Path log = log("2026-01-01T00:00:00Z stdout F old\n", "2026-01-02T00:00:00Z stdout F new\n");

    assertThat(
            read(
                log,
                new LogOptions(
                    false,
                    null,
                    Instant.parse("2026-01-02T00:00:00Z"),
                    false,
                    null,
                    LogOptions.Streams.ALL)))
        .isEqualTo("new\n");
  }

  @Test
  void stopsAtTheByteLimit() throws Exception {
    Path log = log(entry("stdout", "F", "12345"), entry("stdout", "F", "6789"));

    assertThat(read(log, new LogOptions(true, null, null, false, 7L, LogOptions.Streams.ALL)))
        .isEqualTo("12345\n6");
  }

  @Test
  void showsOneStreamAlone() throws Exception {
    Path log = log(entry("stdout", "F", "one"), entry("stderr", "F", "two"));

    assertThat(read(log, new LogOptions(false, null, null, false, null, LogOptions.Streams.STDERR)))
        .isEqualTo("two\n");
  }

  @Test
  void passesOverWhatIsNoEntry() throws Exception {
    Path log = log("rubbish\n", entry("stdout", "F", "one"), "2026 stdout F x\n");

    assertThat(read(log, LogOptions.WHOLE)).isEqualTo("one\n");
  }

  @Test
  void saysThatThereIsNoLog() {
    assertThatThrownBy(() -> read(directory.resolve("none"), LogOptions.WHOLE))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void followsUntilTheContainerEnds() throws Exception {
    Path log = log(entry("stdout", "F", "one"));
    Following following = new Following();
    following.then(() -> append(log, entry("stdout", "F", "two")));
    following.then(() -> append(log, "2026-01-02T03:04:05Z std"));
    following.then(() -> append(log, "out F three\n"));

    assertThat(following.read(log)).isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void followsIntoTheFileThatTakesTheLogsPlace() throws Exception {
    Path log = log(entry("stdout", "F", "one"));
    Following following = new Following();
    following.then(() -> {
      append(log, entry("stdout", "F", "two"));
      Files.move(log, directory.resolve("0.log.20260102-030405"));
    });
    following.then(() -> {
      append(directory.resolve("0.log.20260102-030405"), entry("stdout", "F", "three"));
      Files.writeString(log, entry("stdout", "F", "four"));
    });

    assertThat(following.read(log)).isEqualTo("one\ntwo\nthree\nfour\n");
  }

  @Property(tries = 60)
  void theTailIsTheEndOfTheWhole(
      @ForAll @Size(max = 300) java.util.List<@IntRange(max = 900) Integer> lengths,
      @ForAll @IntRange(max = 320) int lines)
      throws Exception {
    Path log = Files.createTempFile("tail", ".log");
    try {
      Files.writeString(
          log,
          lengths.stream()
              .map(length -> entry("stdout", length % 7 == 0 ? "P" : "F", "x".repeat(length)))
              .collect(Collectors.joining()));

      String whole = read(log, LogOptions.WHOLE);
      String[] all = whole.isEmpty() ? new String[0] : whole.split("(?<=\n)");
      long complete = whole.chars().filter(c -> c == '\n').count();
      // Of no lines not even the one that has not ended is one.
      int first = lines == 0 ? all.length : (int) Math.max(0, complete - lines);
      String expected =
          IntStream.range(first, all.length).mapToObj(i -> all[i]).collect(Collectors.joining());

      assertThat(read(log, tail(lines))).isEqualTo(expected);
    } finally {
      Files.delete(log);
    }
  }

  /** Something that happens while a log is followed, at the next pause. */
  private interface Step {
    void run() throws IOException;
  }

  private static final class Following {
    private final Deque<Step> steps = new ArrayDeque<>();

    void then(Step step) {
      steps.add(step);
    }

    String read(Path log) throws Exception {
      LogReader reader =
          new LogReader(duration -> {
            @Nullable Step step = steps.poll();
            if (step != null) {
              try {
                step.run();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            }
          });
      var out = new ByteArrayOutputStream();
      reader.copy(log, LogOptions.WHOLE.withFollow(true), () -> !steps.isEmpty(), out);
      return out.toString(UTF_8);
    }
  }

  private static LogOptions tail(long lines) {
    return new LogOptions(false, lines, null, false, null, LogOptions.Streams.ALL);
  }

  private static String read(Path log, LogOptions options) throws Exception {
    var out = new ByteArrayOutputStream();
    new LogReader(duration -> {}).copy(log, options, () -> false, out);
    return out.toString(UTF_8);
  }

  private static String entry(String stream, String tag, String text) {
    return ENTRY_TIME + " " + stream + " " + tag + " " + text + "\n";
  }

  private Path log(String... entries) throws IOException {
    return Files.writeString(directory.resolve("0.log"), String.join("", entries));
  }

  private static void append(Path log, String text) throws IOException {
    Files.writeString(log, text, StandardOpenOption.APPEND);
  }
}
