package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data directories as other releases write them. */
class FormatTest {
  private static final int FORMAT_AT = 8;
  private static final int SUM_AT = 44;

  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void write() throws Exception {
    try (var store = new TestStore(directory)) {
      put(store, "1");
      put(store, "2");
    }
  }

  /** Records that stand alone in their revision look the same in both formats. */
  @Test
  void theFirstFormatIsReadAndCarriedOn() throws Exception {
    become(1);
    try (var store = new TestStore(directory)) {
      put(store, "3");
      assertThat(value(store, 2)).isEqualTo("1");
      assertThat(value(store, 3)).isEqualTo("2");
      assertThat(value(store, 4)).isEqualTo("3");
    }
    try (var store = new TestStore(directory)) {
      assertThat(value(store, 4)).isEqualTo("3");
    }
  }

  @Test
  void aFormatOfTheFutureIsRefusedWithWords() throws Exception {
    become(3);
    assertThatThrownBy(() -> new TestStore(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("format 3 is not known here; this release reads 1 to 2");
  }

  private void become(int format) throws IOException {
    var segment = directory.resolve("log/seg-00000001-00000001.0000.log");
    byte[] bytes = Files.readAllBytes(segment);
    var crc = new CRC32C();
    ByteBuffer.wrap(bytes).putInt(FORMAT_AT, format);
    crc.update(bytes, 0, SUM_AT);
    ByteBuffer.wrap(bytes).putInt(SUM_AT, (int) crc.getValue());
    Files.write(segment, bytes);
  }

  private static void put(TestStore store, String value) {
    KVGrpc.newBlockingStub(store.channel())
        .put(
            PutRequest.newBuilder()
                .setKey(copyFromUtf8("a"))
                .setValue(copyFromUtf8(value))
                .build());
  }

  private static String value(TestStore store, long revision) {
    var request = RangeRequest.newBuilder().setKey(copyFromUtf8("a")).setRevision(revision).build();
    return KVGrpc.newBlockingStub(store.channel())
        .range(request)
        .getKvs(0)
        .getValue()
        .toStringUtf8();
  }
}
