package dev.tiphys.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The state as one stream of bytes, as one member gives it to another: the checkpoint and the
 * segments that it covers, byte for byte. Writes go on meanwhile; nothing may be rewritten while a
 * snapshot is read. Big-endian:
 *
 * <pre>
 *   magic TIPHYSSN, u32 format version
 *   files: u16 length of the name, name, u64 length, bytes; the checkpoint comes first
 *   u16 0, zeros up to a multiple of 512 bytes
 *   SHA-256 of all that
 * </pre>
 */
public final class LogSnapshot {
  static final long MAGIC = 0x5449_5048_5953_534EL;
  static final int FORMAT = 1;
  static final int BLOCK = 512;
  private static final int CHUNK = 64 << 10;

  private final byte[] checkpoint;
  private final List<Part> parts;
  private final long size;
  private final int maxFrame;

  /** Takes the bytes, in order; each array is the taker's. */
  @FunctionalInterface
  public interface Taker {
    /** The next bytes. */
    void take(byte[] bytes) throws IOException, InterruptedException;
  }

  private record Part(Segment segment, long length) {}

  private LogSnapshot(byte[] checkpoint, List<Part> parts, int maxFrame) {
    this.maxFrame = maxFrame;
    this.checkpoint = checkpoint;
    this.parts = parts;
    long total = 12 + headerLength(CheckpointFile.NAME) + checkpoint.length + 2;
    for (var part : parts) {
      total += headerLength(part.segment.name().file()) + part.length;
    }
    this.size = Math.ceilDiv(total, BLOCK) * BLOCK + 32;
  }

  /** What a checkpoint covers. */
  static LogSnapshot of(RevisionLog log, byte[] checkpoint, RevisionLog.Mark mark) {
    var parts = new ArrayList<Part>();
    for (var segment : log.upTo(mark.segment())) {
      boolean last = segment.name().last() == mark.segment();
      parts.add(new Part(segment, last ? mark.offset() : segment.length()));
    }
    return new LogSnapshot(checkpoint, parts, log.limits().maxFrameBytes());
  }

  /**
   * Gives all bytes.
   *
   * @throws CorruptLogException when a record is not as it was written; it is not given then
   */
  public void read(Taker taker) throws IOException, InterruptedException {
    var out = new Output(taker);
    out.give(ByteBuffer.allocate(12).putLong(MAGIC).putInt(FORMAT).array());
    out.give(header(CheckpointFile.NAME, checkpoint.length));
    out.give(checkpoint);
    for (var part : parts) {
      out.give(header(part.segment.name().file(), part.length));
      var name = part.segment.name().file();
      var check =
          new FrameCheck(
              maxFrame,
              (offset, damage) -> new CorruptLogException(name + " at offset " + offset, damage));
      for (long at = 0; at < part.length; at += CHUNK) {
        var chunk = ByteBuffer.allocate((int) Math.min(CHUNK, part.length - at));
        if (part.segment.file().read(chunk, at) != chunk.capacity()) {
          throw new IOException(part.segment.name().file() + ": could be read only in part");
        }
        check.take(chunk.flip());
        out.give(chunk.array());
      }
      check.end();
    }
    out.give(new byte[2]);
    out.give(new byte[(int) (size - 32 - out.given)]);
    out.give(out.digest.digest());
  }

  private static int headerLength(String name) {
    return 2 + name.length() + 8;
  }

  private static byte[] header(String name, long length) {
    return ByteBuffer.allocate(headerLength(name))
        .putShort((short) name.length())
        .put(name.getBytes(StandardCharsets.US_ASCII))
        .putLong(length)
        .array();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private final class Output {
    private final Taker taker;
    private final MessageDigest digest = sha256();
    private long given;

    Output(Taker taker) {
      this.taker = taker;
    }

    void give(byte[] bytes) throws IOException, InterruptedException {
      digest.update(bytes);
      given += bytes.length;
      taker.take(bytes);
    }
  }
}
