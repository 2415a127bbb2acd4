package dev.tiphys.store.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts the torn end of Ratis' open log segment before Ratis sees it. Ratis refuses to start on a
 * segment whose last entries were half written when the power went; but none of them was
 * acknowledged, for that follows the sync.
 *
 * <p>A segment is {@code RaftLog1}, then entries: varint length, that many bytes, u32 CRC32C of
 * both; then zeros.
 */
final class RaftLogTail {
  private static final Logger log = LoggerFactory.getLogger(RaftLogTail.class);
  private static final byte[] MAGIC = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
  private static final String OPEN_SEGMENT = "log_inprogress_";
  private static final int CHECKSUM = 4;

  private RaftLogTail() {}

  /** Cuts what is torn in the directory of a Raft group; does nothing when it is not there. */
  static void cut(Path group) throws IOException {
    var directory = group.resolve("current");
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Path> open;
    try (var files = Files.list(directory)) {
      open =
          files.filter(f -> f.getFileName().toString().startsWith(OPEN_SEGMENT)).sorted().toList();
    }
    for (var segment : open) {
      try (var channel =
          FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        cut(segment, channel);
      }
    }
  }

  private static void cut(Path segment, FileChannel channel) throws IOException {
    var bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
    while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {}
    bytes.flip();
    int whole = wholeEntries(bytes);
    if (whole == bytes.limit() || isZero(bytes, whole)) {
      return;
    }
    log.warn(
        "cut raft-log={} at={} of={} reason=\"its last entries were torn at the last stop; none was"
            + " acknowledged\"",
        segment.getFileName(),
        whole,
        bytes.limit());
    channel.truncate(whole);
    channel.force(true);
  }

  /** Where the last whole entry ends; 0 when not even the header is whole. */
  static int wholeEntries(ByteBuffer bytes) {
    if (bytes.limit() < MAGIC.length
        || !bytes.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
      return 0;
    }
    var crc = new CRC32C();
    int at = MAGIC.length;
    while (true) {
      int end = entryEnd(bytes, at, crc);
      if (end < 0) {
        return at;
      }
      at = end;
    }
  }

  private static int entryEnd(ByteBuffer bytes, int start, CRC32C crc) {
    int length = 0;
    int at = start;
    for (int shift = 0; ; shift += 7) {
      if (at >= bytes.limit() || shift > 28) {
        return -1;
      }
      byte b = bytes.get(at++);
      length |= (b & 0x7F) << shift;
      if (b >= 0) {
        break;
      }
    }
    if (length <= 0 || length > bytes.limit() - at - CHECKSUM) {
      return -1;
    }
    crc.reset();
    crc.update(bytes.slice(start, at - start + length));
    int end = at + length + CHECKSUM;
    return (int) crc.getValue() == bytes.getInt(end - CHECKSUM) ? end : -1;
  }

  private static boolean isZero(ByteBuffer bytes, int from) {
    for (int i = from; i < bytes.limit(); i++) {
      if (bytes.get(i) != 0) {
        return false;
      }
    }
    return true;
  }
}
