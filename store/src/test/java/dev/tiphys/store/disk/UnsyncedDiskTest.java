package dev.tiphys.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class UnsyncedDiskTest {
  @Test
  void itWritesAndNeverSyncs() throws IOException {
    var flaky = new FlakyDisk(0);
    var disk = new UnsyncedDisk(flaky);
    try (var file = disk.open("a")) {
      file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 0);
      long written = flaky.operations();
      file.sync();
      disk.syncDirectory();
      assertThat(flaky.operations()).isEqualTo(written);
      var read = ByteBuffer.allocate(3);
      assertThat(file.read(read, 0)).isEqualTo(3);
      assertThat(read.array()).containsExactly(1, 2, 3);
    }
    assertThat(disk.list()).containsExactly("a");
  }
}
