package dev.tiphys.store.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.store.crash.RecordedDisk.Survival;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was not synced may be lost, what was synced may not, and nothing goes unseen. */
class RecordingTest {
  @TempDir private Path directory = Path.of("");
  private Path root = Path.of("");
  private Path recorded = Path.of("");
  private RecordingProvider provider;

  RecordingTest() {}

  @BeforeEach
  void begin() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
    provider =
        new RecordingProvider(
            FileSystems.getDefault().provider(),
            root.toString(),
            directory.resolve("events").toString());
    recorded = provider.system().getPath(root.toString());
  }

  @Test
  void whatIsDoneWithoutSyncMayBeLostOrTorn() throws IOException {
    write("a", 0, "x".repeat(2000));
    syncDirectory();
    var found = contents(Survival.SOME, "a");
    assertThat(found).contains("", "x".repeat(2000));
    assertThat(found).anyMatch(s -> s.contains("\0") && s.contains("x".repeat(512)));
    assertThat(contents(Survival.NOTHING, "a")).containsOnly("");
    assertThat(contents(Survival.ALL, "a")).containsOnly("x".repeat(2000));
  }

  @Test
  void whatIsSyncedStays() throws IOException {
    write("a", 0, "synced");
    sync("a");
    syncDirectory();
    write("a", 6, ", not synced");
    for (var survival : Survival.values()) {
      assertThat(contents(survival, "a")).allMatch(s -> s.startsWith("synced"));
    }
    assertThat(contents(Survival.ANY, "a")).contains("synced", "synced, not synced");
  }

  @Test
  void laterWritesMaySurviveEarlierOnes() throws IOException {
    write("a", 0, "1".repeat(512));
    write("a", 512, "2".repeat(512));
    syncDirectory();
    assertThat(contents(Survival.SOME, "a")).contains("\0".repeat(512) + "2".repeat(512));
  }

  @Test
  void namesAreDurableWithTheirDirectoryOnly() throws IOException {
    write("a", 0, "1");
    sync("a");
    assertThat(contents(Survival.ANY, "a")).containsOnly("no file", "1");
    syncDirectory();
    assertThat(contents(Survival.ANY, "a")).containsOnly("1");
    write("b", 0, "2");
    sync("b");
    Files.move(recorded.resolve("b"), recorded.resolve("a"), StandardCopyOption.REPLACE_EXISTING);
    assertThat(contents(Survival.SOME, "a")).containsOnly("1", "2");
    assertThat(contents(Survival.SOME, "b")).containsOnly("no file", "2");
    syncDirectory();
    assertThat(contents(Survival.ANY, "a")).containsOnly("2");
    Files.delete(recorded.resolve("a"));
    assertThat(contents(Survival.ANY, "a")).containsOnly("2", "no file");
    syncDirectory();
    assertThat(contents(Survival.ANY, "a")).containsOnly("no file");
  }

  @Test
  void aJournalKeepsTheOrderOfNames() throws IOException {
    write("a", 0, "1");
    write("b", 0, "1");
    assertThat(images(Survival.SOME)).noneMatch(i -> i.containsKey("b") && !i.containsKey("a"));
    assertThat(images(Survival.ANY)).anyMatch(i -> i.containsKey("b") && !i.containsKey("a"));
  }

  @Test
  void aFileMayBeAsLongAsBeforeItWasCut() throws IOException {
    write("a", 0, "123456");
    sync("a");
    syncDirectory();
    try (var file = FileChannel.open(recorded.resolve("a"), WRITE)) {
      file.truncate(2);
    }
    assertThat(contents(Survival.SOME, "a")).containsOnly("12", "123456");
    sync("a");
    assertThat(contents(Survival.SOME, "a")).containsOnly("12");
  }

  @Test
  void whoIsKilledChangesNothingMore() throws IOException {
    try (var file = FileChannel.open(recorded.resolve("a"), WRITE, CREATE)) {
      file.write(utf8("1"));
      provider.recorded().kill();
      assertThatThrownBy(() -> file.write(utf8("2"))).hasMessage("killed");
      assertThatThrownBy(() -> Files.delete(recorded.resolve("a"))).hasMessage("killed");
      provider.recorded().revive();
      assertThatThrownBy(() -> file.force(true)).hasMessage("killed");
    }
    assertThat(contents(Survival.ALL, "a")).containsOnly("1");
  }

  @Test
  void whoIsKilledAtASyncHasWrittenBefore() throws IOException {
    try (var file = FileChannel.open(recorded.resolve("a"), WRITE, CREATE)) {
      provider.recorded().killAtSync();
      file.write(utf8("1"));
      assertThat(provider.recorded().isDead()).isFalse();
      assertThatThrownBy(() -> file.force(true)).hasMessage("killed");
      assertThat(provider.recorded().isDead()).isTrue();
    }
    assertThat(contents(Survival.ALL, "a")).containsOnly("1");
    assertThat(contents(Survival.NOTHING, "a")).containsOnly("no file");
  }

  @Test
  void eventsTellWhatIsThere() throws IOException {
    Files.createDirectories(recorded.resolve("d/e"));
    write("d/e/a", 3, "1234");
    write("d/b", 0, "5".repeat(5000));
    Files.move(recorded.resolve("d"), recorded.resolve("f"));
    Files.writeString(recorded.resolve("f/b"), "new");
    provider.recorded().mark("end");
    var all = disk().after(Survival.ALL, new Random(1));
    var texts = new TreeMap<String, String>();
    all.forEach((name, bytes) -> texts.put(name, new String(bytes, UTF_8)));
    assertThat(texts)
        .isEqualTo(Map.of("f/", "", "f/e/", "", "f/e/a", "\0\0\0" + "1234", "f/b", "new"));
    assertThat(root.resolve("f/b")).hasContent("new");
  }

  private void write(String name, long position, String text) throws IOException {
    try (var file = FileChannel.open(recorded.resolve(name), WRITE, CREATE)) {
      file.write(utf8(text), position);
    }
  }

  private void sync(String name) throws IOException {
    try (var file = FileChannel.open(recorded.resolve(name), WRITE)) {
      file.force(false);
    }
  }

  private void syncDirectory() throws IOException {
    try (var opened = FileChannel.open(recorded, READ)) {
      opened.force(true);
    }
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private RecordedDisk disk() throws IOException {
    provider.recorded().mark("now");
    var disk = new RecordedDisk();
    try (var in =
        new DataInputStream(
            new BufferedInputStream(Files.newInputStream(directory.resolve("events"))))) {
      Event.readAll(in).forEach(disk::add);
    }
    return disk;
  }

  private List<Map<String, byte[]>> images(Survival survival) throws IOException {
    var disk = disk();
    return new Random(1)
        .longs(200)
        .mapToObj(seed -> disk.after(survival, new Random(seed)))
        .toList();
  }

  private Set<String> contents(Survival survival, String name) throws IOException {
    var contents = new HashSet<String>();
    for (var image : images(survival)) {
      var bytes = image.get(name);
      contents.add(bytes == null ? "no file" : new String(bytes, UTF_8));
    }
    return contents;
  }
}
