package dev.tiphys.apiserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeflatedTest {

  private static byte[] some(int length, long seed, int letters) {
    Random random = new Random(seed);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) ('a' + random.nextInt(letters));
    }
    return bytes;
  }

  private static byte[] joined(List<byte[]> segments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    segments.forEach(out::writeBytes);
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 1000, 65_536, 400_000})
  void whatIsSharedStandsBetweenWhatDiffers(int length) throws Exception {
    List<byte[]> segments = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      // Random bytes do not shrink, so pieces overflow; few letters shrink much.
      segments.add(some(length, i, i % 2 == 0 ? 3 : 256));
    }
    Deflated shared = Deflated.of(segments);

    for (String start : List.of("", "{\"kind\":\"PodList\",\"items\":[", "another")) {
      byte[] plain = joined(List.of(start.getBytes(UTF_8), joined(segments), "]}".getBytes(UTF_8)));
      byte[] gzip = joined(shared.gzip(start.getBytes(UTF_8), "]}".getBytes(UTF_8)));

      assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes())
          .isEqualTo(plain);
      assertThat(afterFirstMember(gzip, plain)).isZero();
    }
  }

  /** Bytes after the first member: clients read no further than that. */
  private static int afterFirstMember(byte[] gzip, byte[] plain) throws DataFormatException {
    Inflater inflater = new Inflater(true);
    inflater.setInput(gzip, 10, gzip.length - 10);
    byte[] all = new byte[plain.length + 1];
    int length = 0;
    while (!inflater.finished()) {
      length += inflater.inflate(all, length, all.length - length);
    }
    assertThat(length).isEqualTo(plain.length);
    int trailer = 8;
    int left = inflater.getRemaining() - trailer;
    inflater.end();
    return left;
  }

  @Test
  void aPartKnowsHowLongItIs() {
    Deflated part = Deflated.of(List.of("abc".getBytes(UTF_8), "def".getBytes(UTF_8)));

    CRC32 sum = new CRC32();
    sum.update("abcdef".getBytes(UTF_8));
    assertThat(part.length()).isEqualTo(6);
    assertThat(part.checksum()).isEqualTo(sum.getValue());
  }
}
