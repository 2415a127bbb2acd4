package dev.tiphys.apiserver.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Compresses a body piece by piece while it is written. Holds no more than one piece. */
final class GzipSegments implements Iterator<byte[]> {

  private static final int PIECE_BYTES = 32 * 1024;

  /**
   * Lists compress tenfold at the lowest level already; more only costs time. Upstream's choice.
   */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, PIECE_BYTES);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  private final Iterator<byte[]> plain;
  private final ByteArrayOutputStream piece = new ByteArrayOutputStream(PIECE_BYTES + 1024);
  private final GZIPOutputStream gzip;
  private boolean finished;

  GzipSegments(Iterator<byte[]> plain) {
    this.plain = plain;
    try {
      this.gzip = new FastGzip(piece);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean hasNext() {
    return !finished;
  }

  @Override
  public byte[] next() {
    if (finished) {
      throw new NoSuchElementException();
    }
    try {
      while (piece.size() < PIECE_BYTES && plain.hasNext()) {
        gzip.write(plain.next());
      }
      if (!plain.hasNext()) {
        gzip.close();
        finished = true;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] bytes = piece.toByteArray();
    piece.reset();
    return bytes;
  }
}
