package dev.tiphys.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Walks the frames of a segment from its first to the last intact one. For one thread. */
final class SegmentScan {
  private static final int CHUNK = 256 << 10;

  private final Disk.File file;
  private final int maxFrame;
  private final long size;
  private final CRC32C crc = new CRC32C();
  private ByteBuffer chunk = ByteBuffer.allocate(CHUNK).limit(0);
  private long chunkStart;
  private long end;
  private int at;
  private int length;

  SegmentScan(Segment segment, int maxFrame) throws IOException {
    this(segment.file(), Segment.HEADER, maxFrame);
  }

  /** Walks a file from a place on, whatever its header is. */
  SegmentScan(Disk.File file, long from, int maxFrame) throws IOException {
    this.file = file;
    this.maxFrame = maxFrame;
    this.size = file.size();
    this.chunkStart = from;
    this.end = from;
  }

  /**
   * Goes to the next frame; false where the segment ends or is damaged: compare {@link #end} with
   * its size.
   */
  boolean next() throws IOException {
    if (!load(4)) {
      return false;
    }
    int whole = Frame.wholeLength(chunk.getInt((int) (end - chunkStart)), maxFrame);
    if (whole < 0 || !load(whole)) {
      return false;
    }
    at = (int) (end - chunkStart);
    if (!Frame.intact(chunk, at, whole, crc)) {
      return false;
    }
    length = whole;
    end += whole;
    return true;
  }

  /**
   * Goes on behind damage: {@link #next} finds the next place where a frame is whole. False when
   * there is none.
   */
  boolean resume() throws IOException {
    for (end++; load(Frame.OVERHEAD); end++) {
      int start = (int) (end - chunkStart);
      int whole = Frame.wholeLength(chunk.getInt(start), maxFrame);
      if (whole > 0
          && Frame.plausible(chunk, start)
          && load(whole)
          && Frame.intact(chunk, (int) (end - chunkStart), whole, crc)) {
        return true;
      }
    }
    return false;
  }

  /** True when there is nothing but zeros from a place on: room for what was never written. */
  boolean isRoom(long from) throws IOException {
    var bytes = ByteBuffer.allocate(CHUNK);
    for (long at = from; at < size; at += bytes.limit()) {
      if (file.read(bytes.clear(), at) == 0) {
        return false;
      }
      bytes.flip();
      while (bytes.hasRemaining()) {
        if (bytes.get() != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** The frame; its payload is valid until the next one is asked for. */
  Frame frame() {
    return Frame.parse(chunk, at, length);
  }

  /** Where the frame begins. */
  long offset() {
    return end - length;
  }

  /** Its length. */
  int length() {
    return length;
  }

  /** Where the last intact frame ends. */
  long end() {
    return end;
  }

  /** The size of the segment when the walk began. */
  long size() {
    return size;
  }

  /** Makes so many bytes from the end of the last frame on readable; false when there are fewer. */
  private boolean load(int count) throws IOException {
    if (end + count > size) {
      return false;
    }
    if (end + count <= chunkStart + chunk.limit()) {
      return true;
    }
    if (chunk.capacity() < count) {
      chunk = ByteBuffer.allocate(count);
    } else if (chunk.capacity() > CHUNK && count <= CHUNK) {
      chunk = ByteBuffer.allocate(CHUNK);
    }
    chunk.clear();
    chunkStart = end;
    file.read(chunk, chunkStart);
    chunk.flip();
    return chunk.limit() >= count;
  }
}
