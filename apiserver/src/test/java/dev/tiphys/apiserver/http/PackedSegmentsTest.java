package dev.tiphys.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Small segments are joined, nothing is lost, and what is large already is not copied. */
class PackedSegmentsTest {

  private static final int PIECE = PackedSegments.PIECE_BYTES;

  private final List<byte[]> segments = new ArrayList<>();
  private final ByteArrayOutputStream whole = new ByteArrayOutputStream();

  private byte[] segment(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) (segments.size() + 1));
    segments.add(bytes);
    whole.writeBytes(bytes);
    return bytes;
  }

  private List<byte[]> packed(long length) {
    List<byte[]> pieces = new ArrayList<>();
    new PackedSegments(segments.iterator(), length).forEachRemaining(pieces::add);
    return pieces;
  }

  private static byte[] joined(List<byte[]> pieces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    pieces.forEach(out::writeBytes);
    return out.toByteArray();
  }

  @Test
  void joinsSmallSegments() {
    for (int i = 0; i < 120; i++) {
      segment(i * 50);
    }

    List<byte[]> pieces = packed(-1);

    assertThat(pieces).extracting(piece -> piece.length).containsExactly(PIECE, 357_000 - PIECE);
    assertThat(joined(pieces)).isEqualTo(whole.toByteArray());
    assertThat(packed(whole.size())).containsExactly(pieces.toArray(byte[][]::new));
  }

  @Test
  void handsOnWhatIsLargeAlready() {
    segment(20);
    byte[] large = segment(PIECE + 1);
    segment(0);
    byte[] next = segment(2 * PIECE);
    segment(10);

    List<byte[]> pieces = packed(-1);

    assertThat(pieces.get(1)).isSameAs(large);
    assertThat(pieces.get(2)).isSameAs(next);
    assertThat(joined(pieces)).isEqualTo(whole.toByteArray());
  }

  @Test
  void dividesASegmentThatIsNoPieceYet() {
    segment(100);
    segment(PIECE - 50);
    segment(100);

    assertThat(packed(-1)).extracting(piece -> piece.length).containsExactly(PIECE, 150);
    assertThat(joined(packed(-1))).isEqualTo(whole.toByteArray());
  }

  @Test
  void hasNothingOfNothing() {
    segment(0);

    assertThat(packed(0)).isEmpty();
  }
}
