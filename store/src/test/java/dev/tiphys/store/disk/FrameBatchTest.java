package dev.tiphys.store.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.KeyValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many records read at once are those that were written, wherever and in whatever order. */
class FrameBatchTest {
  private static final int RECORDS = 3000;
  private static final RevisionLog.Limits LIMITS =
      new RevisionLog.Limits(2 << 20, 64 << 10, 8 << 20, 0);

  @TempDir private Path directory = Path.of("");

  private final Random random = new Random(5);
  private final byte[][] payloads = new byte[RECORDS][];
  private final long[] places = new long[RECORDS];
  private final int[] lengths = new int[RECORDS];

  @Test
  void recordsOfAllSizesFromSeveralSegmentsComeInTheOrderAsked() throws IOException {
    try (var log = written()) {
      for (int round = 0; round < 20; round++) {
        int count = 1 + random.nextInt(RECORDS);
        int[] asked = random.ints(count, 0, RECORDS).toArray();
        check(log, round % 2 == 0 ? asked : IntStream.range(0, count).toArray());
      }
      check(log, new int[0]);
    }
  }

  /** More than there are buffers for, twice at a time. */
  @Test
  void aBatchMayBeReadWhileAnotherIsHeld() throws IOException {
    try (var log = written();
        var held = log.read(places, lengths, RECORDS)) {
      check(log, IntStream.range(0, RECORDS).toArray());
      assertThat(held.payloadLength(7)).isEqualTo(payloads[7].length);
    }
  }

  @Test
  void damageInAnyOfThemIsNamed() throws IOException {
    try (var log = written()) {
      var segment = directory.resolve("seg-00000001-00000001.0000.log");
      byte[] bytes = Files.readAllBytes(segment);
      bytes[1000] ^= 1;
      Files.write(segment, bytes);
      assertThatThrownBy(() -> log.read(places, lengths, RECORDS).close())
          .isInstanceOf(CorruptLogException.class)
          .hasMessageContaining(segment.getFileName().toString());
    }
  }

  private RevisionLog written() throws IOException {
    var log = LogRecovery.create(new DirectoryDisk(directory), LIMITS, 1);
    for (int i = 0; i < RECORDS; i++) {
      int size = random.nextInt(200) == 0 ? random.nextInt(600_000) : random.nextInt(2000);
      byte[] value = new byte[size];
      random.nextBytes(value);
      var record = KeyValue.newBuilder().setValue(ByteString.copyFrom(value)).build();
      payloads[i] = record.toByteArray();
      log.begin(1, i + 1, i + 1, false);
      places[i] = log.append(Frame.Kind.PUT, 0, record);
      lengths[i] = Frame.OVERHEAD + payloads[i].length;
      log.end();
    }
    return log;
  }

  private void check(RevisionLog log, int[] asked) throws IOException {
    long[] at = new long[asked.length];
    int[] size = new int[asked.length];
    for (int i = 0; i < asked.length; i++) {
      at[i] = places[asked[i]];
      size[i] = lengths[asked[i]];
    }
    try (var batch = log.read(at, size, asked.length)) {
      assertThat(batch.count()).isEqualTo(asked.length);
      for (int i = 0; i < asked.length; i++) {
        byte[] found = new byte[batch.payloadLength(i)];
        batch.copy(i, 0, found, 0, found.length);
        assertThat(found).isEqualTo(payloads[asked[i]]);
      }
    }
  }
}
