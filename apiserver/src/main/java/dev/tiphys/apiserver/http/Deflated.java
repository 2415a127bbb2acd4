package dev.tiphys.apiserver.http;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * A compressed part of bodies, to be put between what differs from one body to the next. Parts end
 * at whole bytes and refer to nothing before them, so that joined they are one member of gzip (RFC
 * 1952), as every client reads it. Immutable.
 *
 * @param pieces in DEFLATE; must not be changed
 * @param checksum CRC-32 of the plain bytes
 * @param length of the plain bytes
 */
public record Deflated(List<byte[]> pieces, long checksum, long length) {

  private static final int PIECE_BYTES = 64 * 1024;

  /** Magic numbers, DEFLATE, no flags, no time, fastest, of an unknown system. */
  private static final byte[] HEAD = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};

  private static final int POLYNOMIAL = 0xedb88320;

  /** Compresses segments, at the level at which whole bodies are. */
  public static Deflated of(Iterable<byte[]> segments) {
    return of(segments, Deflater.FULL_FLUSH);
  }

  private static Deflated of(Iterable<byte[]> segments, int end) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      CRC32 checksum = new CRC32();
      long length = 0;
      Pieces pieces = new Pieces();
      for (byte[] segment : segments) {
        checksum.update(segment);
        length += segment.length;
        deflater.setInput(segment);
        while (!deflater.needsInput()) {
          pieces.take(deflater, Deflater.NO_FLUSH);
        }
      }
      if (end == Deflater.NO_FLUSH) {
        deflater.finish();
      }
      while (pieces.take(deflater, end) > 0) {
        // What is left is more than fits into one piece.
        continue;
      }
      return new Deflated(pieces.done(), checksum.getValue(), length);
    } finally {
      deflater.end();
    }
  }

  /** The gzip of this part with something before and after it. */
  public List<byte[]> gzip(byte[] before, byte[] after) {
    Deflated first = of(List.of(before), Deflater.FULL_FLUSH);
    Deflated last = of(List.of(after), Deflater.NO_FLUSH);
    List<byte[]> all = new ArrayList<>(pieces.size() + 4);
    all.add(HEAD);
    all.addAll(first.pieces);
    all.addAll(pieces);
    all.addAll(last.pieces);
    int sum = joined(joined((int) first.checksum, this), last);
    all.add(littleEndian(sum, (int) (first.length + length + last.length)));
    return List.copyOf(all);
  }

  private static byte[] littleEndian(int... numbers) {
    byte[] bytes = new byte[4 * numbers.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (numbers[i / 4] >>> 8 * (i % 4));
    }
    return bytes;
  }

  /** The checksum of what has a checksum and of a part that follows it. */
  private static int joined(int checksum, Deflated part) {
    // Each byte that follows multiplies by x to the 8th, modulo the polynomial.
    int square = 1 << 23;
    int factor = 1 << 31;
    for (long left = part.length; left != 0; left >>>= 1) {
      if ((left & 1) != 0) {
        factor = product(square, factor);
      }
      square = product(square, square);
    }
    return product(factor, checksum) ^ (int) part.checksum;
  }

  /** Of two polynomials over GF(2), lowest power in the highest bit, modulo CRC-32's. */
  private static int product(int one, int other) {
    int product = 0;
    int shifted = other;
    for (int bit = 1 << 31; bit != 0; bit >>>= 1) {
      if ((one & bit) != 0) {
        product ^= shifted;
      }
      shifted = (shifted & 1) != 0 ? shifted >>> 1 ^ POLYNOMIAL : shifted >>> 1;
    }
    return product;
  }

  /** What comes out of a deflater, in pieces of one size. */
  private static final class Pieces {
    private final List<byte[]> full = new ArrayList<>();
    private final byte[] buffer = new byte[PIECE_BYTES];
    private final ByteArrayOutputStream current = new ByteArrayOutputStream(PIECE_BYTES);

    int take(Deflater deflater, int flush) {
      int made = deflater.deflate(buffer, 0, buffer.length, flush);
      current.write(buffer, 0, made);
      if (current.size() >= PIECE_BYTES) {
        full.add(current.toByteArray());
        current.reset();
      }
      return made == buffer.length || flush == Deflater.NO_FLUSH ? made : 0;
    }

    List<byte[]> done() {
      if (current.size() > 0) {
        full.add(current.toByteArray());
      }
      return List.copyOf(full);
    }
  }
}
