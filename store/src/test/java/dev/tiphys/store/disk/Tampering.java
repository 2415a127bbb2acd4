package dev.tiphys.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Damage that no checksum shows, as a fault of memory or of the program does it. */
public final class Tampering {
  private Tampering() {}

  /**
   * Writes another value into every record that holds a value, with a checksum that is right.
   *
   * @param log the directory of a log that nobody has open
   * @param to as long as {@code from}
   * @return how many records were altered
   */
  public static int alter(Path log, byte[] from, byte[] to) throws IOException {
    int altered = 0;
    try (var files = Files.newDirectoryStream(log, "seg-*")) {
      for (var file : files) {
        byte[] bytes = Files.readAllBytes(file);
        int found = alter(ByteBuffer.wrap(bytes), from, to);
        if (found > 0) {
          Files.write(file, bytes);
          altered += found;
        }
      }
    }
    return altered;
  }

  private static int alter(ByteBuffer segment, byte[] from, byte[] to) {
    var crc = new CRC32C();
    int altered = 0;
    int start = Segment.HEADER;
    while (start + Frame.OVERHEAD <= segment.capacity()) {
      int length = Frame.wholeLength(segment.getInt(start), segment.capacity());
      if (length < 0
          || start + length > segment.capacity()
          || !Frame.intact(segment, start, length, crc)) {
        break;
      }
      if (Frame.parse(segment, start, length).kind() == Frame.Kind.PUT
          && replace(segment.array(), start + Frame.OVERHEAD, start + length, from, to)) {
        Frame.seal(segment, start, length, crc);
        altered++;
      }
      start += length;
    }
    return altered;
  }

  private static boolean replace(byte[] in, int begin, int end, byte[] from, byte[] to) {
    for (int at = begin; at + from.length <= end; at++) {
      if (Arrays.equals(in, at, at + from.length, from, 0, from.length)) {
        System.arraycopy(to, 0, in, at, to.length);
        return true;
      }
    }
    return false;
  }
}
