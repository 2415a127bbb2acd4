package dev.tiphys.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Checks the bytes of a segment as they pass by, whatever the pieces: its header, and the checksum
 * of every frame. Keeps none of them. For one thread.
 */
final class FrameCheck {
  private final int maxFrame;
  private final Complaint complaint;
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer head = ByteBuffer.allocate(Segment.HEADER).limit(Segment.HEADER);
  private boolean inFrame;
  private long frameStart;
  private long at;
  private int left;
  private int checksum;

  /** Puts damage into words. */
  @FunctionalInterface
  interface Complaint {
    /** What to throw for damage to what begins at an offset. */
    IOException of(long offset, String damage);
  }

  FrameCheck(int maxFrame, Complaint complaint) {
    this.maxFrame = maxFrame;
    this.complaint = complaint;
  }

  /**
   * The next bytes.
   *
   * @throws IOException when a frame that ends in them is not as it was written
   */
  void take(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (inFrame) {
        body(bytes);
      } else {
        start(bytes);
      }
    }
  }

  /** There are no more bytes: the last frame must have ended. */
  void end() throws IOException {
    if (inFrame || at < Segment.HEADER || head.position() > 0) {
      throw damaged();
    }
  }

  /** What comes before the content: the header of the segment, or the prefix of a frame. */
  private void start(ByteBuffer bytes) throws IOException {
    int count = Math.min(head.remaining(), bytes.remaining());
    head.put(bytes.slice(bytes.position(), count));
    bytes.position(bytes.position() + count);
    at += count;
    if (head.hasRemaining()) {
      return;
    }
    head.flip();
    if (frameStart == 0) {
      if (!Segment.isHeader(head)) {
        throw damaged();
      }
      begin();
      return;
    }
    int length = Frame.wholeLength(head.getInt(0), maxFrame);
    if (length < 0) {
      throw damaged();
    }
    crc.reset();
    crc.update(head.slice(0, 4));
    checksum = head.getInt(4);
    left = length - Frame.PREFIX;
    inFrame = true;
  }

  private void body(ByteBuffer bytes) throws IOException {
    int count = Math.min(left, bytes.remaining());
    crc.update(bytes.slice(bytes.position(), count));
    bytes.position(bytes.position() + count);
    at += count;
    left -= count;
    if (left == 0) {
      if (checksum != (int) crc.getValue()) {
        throw damaged();
      }
      begin();
    }
  }

  private void begin() {
    inFrame = false;
    frameStart = at;
    head.clear().limit(Frame.PREFIX);
  }

  private IOException damaged() {
    return complaint.of(
        frameStart, frameStart == 0 ? "its header is damaged" : "a record is damaged");
  }
}
