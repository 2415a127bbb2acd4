package dev.tiphys.store.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One works in a data directory, or several look at it. */
class DirectoryLockTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void oneAtATimeWorksInADirectory() throws IOException {
    var data = directory.resolve("a/b");
    try (var _ = DirectoryLock.own(data)) {
      assertThatThrownBy(() -> DirectoryLock.own(data))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is in use by a running member or another command; stop that one");
      assertThatThrownBy(() -> DirectoryLock.look(data)).hasMessageContaining("is in use");
    }
    DirectoryLock.own(data).close();
  }

  @Test
  void nobodyWorksWhileSomebodyLooks() throws IOException {
    DirectoryLock.own(directory).close();
    try (var _ = DirectoryLock.look(directory)) {
      assertThatThrownBy(() -> DirectoryLock.own(directory)).hasMessageContaining("is in use");
    }
  }

  @Test
  void lookingLeavesNothingBehind() throws IOException {
    DirectoryLock.look(directory).close();
    assertThat(directory).isEmptyDirectory();
  }
}
