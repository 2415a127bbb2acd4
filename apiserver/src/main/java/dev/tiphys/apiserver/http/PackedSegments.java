package dev.tiphys.apiserver.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Joins the many small segments of a large body into few large pieces, while they are sent: what
 * comes after costs by the piece. A segment that is a piece already stays as it is. For one thread.
 */
public final class PackedSegments implements Iterator<byte[]> {

  /**
   * Of a piece: so many whole records that a wake-up of the writer pays, see {@link
   * RecordSizedFrames}.
   */
  static final int PIECE_BYTES = 16 * RecordSizedFrames.PAYLOAD_BYTES;

  private final Iterator<byte[]> segments;
  private byte[] current = new byte[0];
  private int taken;
  private long left;

  /**
   * Joins segments.
   *
   * @param length of all segments together; -1 if unknown
   */
  PackedSegments(Iterator<byte[]> segments, long length) {
    this.segments = segments;
    this.left = length < 0 ? Long.MAX_VALUE : length;
    advance();
  }

  /** Sees to it that the current segment has bytes to give, if any has. */
  private void advance() {
    while (taken == current.length && segments.hasNext()) {
      current = segments.next();
      taken = 0;
    }
  }

  /** Joins segments at once. */
  public static List<byte[]> of(List<byte[]> segments) {
    List<byte[]> pieces = new ArrayList<>();
    new PackedSegments(segments.iterator(), -1).forEachRemaining(pieces::add);
    return pieces;
  }

  private boolean atWholePiece() {
    return taken == 0 && current.length >= PIECE_BYTES;
  }

  @Override
  public boolean hasNext() {
    return taken < current.length;
  }

  @Override
  public byte[] next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (atWholePiece()) {
      byte[] whole = current;
      taken = current.length;
      left -= whole.length;
      advance();
      return whole;
    }
    byte[] piece = new byte[(int) Math.min(PIECE_BYTES, left)];
    int filled = 0;
    while (filled < piece.length && hasNext() && !(filled > 0 && atWholePiece())) {
      int some = Math.min(piece.length - filled, current.length - taken);
      System.arraycopy(current, taken, piece, filled, some);
      filled += some;
      taken += some;
      advance();
    }
    left -= filled;
    return filled == piece.length ? piece : Arrays.copyOf(piece, filled);
  }
}
