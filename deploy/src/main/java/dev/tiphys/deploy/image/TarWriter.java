package dev.tiphys.deploy.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes ustar archives that depend on nothing but their entries: no times, no owners, the order as
 * given.
 */
final class TarWriter {
  private static final int BLOCK = 512;

  private TarWriter() {}

  static byte[] pack(List<TarEntry> entries) {
    var out = new ByteArrayOutputStream();
    for (TarEntry entry : entries) {
      out.writeBytes(header(entry));
      out.writeBytes(entry.content());
      out.writeBytes(new byte[-entry.content().length & (BLOCK - 1)]);
    }
    out.writeBytes(new byte[2 * BLOCK]);
    return out.toByteArray();
  }

  private static byte[] header(TarEntry entry) {
    byte[] header = new byte[BLOCK];
    put(header, 0, 100, entry.name());
    put(header, 100, 8, "%07o".formatted(entry.mode()));
    put(header, 108, 8, "0000000");
    put(header, 116, 8, "0000000");
    put(header, 124, 12, "%011o".formatted(entry.content().length));
    put(header, 136, 12, "00000000000");
    put(header, 148, 8, "        ");
    header[156] = (byte) entry.kind();
    put(header, 157, 100, entry.link());
    put(header, 257, 6, "ustar");
    put(header, 263, 2, "00");
    int sum = 0;
    for (byte b : header) {
      sum += b & 255;
    }
    put(header, 148, 8, "%06o\0 ".formatted(sum));
    return header;
  }

  private static void put(byte[] header, int offset, int width, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > width) {
      throw new IllegalArgumentException("too long for a tar header: " + text);
    }
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }
}
