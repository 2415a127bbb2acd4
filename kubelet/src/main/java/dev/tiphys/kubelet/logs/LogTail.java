package dev.tiphys.kubelet.logs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Finds where the last lines of a log begin, reading from its end. */
final class LogTail {
  private LogTail() {}

  /**
   * The offset of the entry that begins the last {@code lines} lines of the container's. Lines that
   * the runtime split into several entries count once. An entry that is not yet whole is not
   * counted.
   */
  static long offset(FileChannel file, long lines) throws IOException {
    long blockEnd = file.size();
    long entryEnd = -1; // Offset of the line feed that ends the entry now looked for the start of.
    long remaining = lines;
    byte[] block = new byte[Limits.READ_BYTES];
    while (blockEnd > 0) {
      int length = (int) Math.min(block.length, blockEnd);
      long blockStart = blockEnd - length;
      readFully(file, block, length, blockStart);
      for (int i = length - 1; i >= 0; i--) {
        if (block[i] != '\n') {
          continue;
        }
        long lineFeed = blockStart + i;
        if (entryEnd < 0) {
          if (remaining == 0) {
            return lineFeed + 1;
          }
        } else if (endsLine(file, lineFeed + 1, entryEnd)) {
          // The entry after this line feed ends a line: one more line is in, or too many are.
          if (remaining == 0) {
            return entryEnd + 1;
          }
          remaining--;
        }
        entryEnd = lineFeed;
      }
      blockEnd = blockStart;
    }
    boolean firstEntryIsTooMany = entryEnd >= 0 && remaining == 0 && endsLine(file, 0, entryEnd);
    return firstEntryIsTooMany ? entryEnd + 1 : 0;
  }

  private static boolean endsLine(FileChannel file, long start, long end) throws IOException {
    int length = (int) Math.min(LogLine.LONGEST_PREFIX, end - start);
    byte[] prefix = new byte[length];
    readFully(file, prefix, length, start);
    return LogLine.endsLine(prefix, 0, length);
  }

  private static void readFully(FileChannel file, byte[] into, int length, long offset)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, offset + buffer.position()) < 0) {
        throw new IOException("the log was cut short while it was read");
      }
    }
  }
}
