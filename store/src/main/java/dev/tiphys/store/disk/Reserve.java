package dev.tiphys.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * A file that keeps room back, so that on a full disk deletions and compactions can still be
 * written. It is empty from the moment it was released until it is filled again, also through a
 * restart. Thread-safe.
 */
public final class Reserve {
  private static final int PORTION = 1 << 20;

  private final Path file;
  private final Path draft;
  private final long bytes;
  private volatile boolean whole;
  private volatile long filled;

  /**
   * Takes the file.
   *
   * @param bytes its size; 0: nothing is kept back
   */
  public Reserve(Path file, long bytes) throws IOException {
    this.file = file;
    this.draft = file.resolveSibling(file.getFileName() + ".tmp");
    this.bytes = bytes;
    Files.deleteIfExists(draft);
    this.whole = bytes == 0 || (Files.exists(file) && Files.size(file) >= bytes);
  }

  /** The size when whole. */
  public long bytes() {
    return bytes;
  }

  /** True when the room is there, or none is wanted. */
  public boolean isWhole() {
    return whole;
  }

  /** Bytes that it takes yet to be whole. */
  public long missing() {
    return whole ? 0 : bytes - filled;
  }

  /** True when it was given away, be it in an earlier run. */
  public boolean isReleased() throws IOException {
    return !whole && Files.exists(file);
  }

  /** Gives the room away; false when it was gone. */
  public synchronized boolean release() throws IOException {
    boolean some = Files.deleteIfExists(draft);
    filled = 0;
    if (!whole || bytes == 0) {
      return some;
    }
    whole = false;
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
    return true;
  }

  /**
   * Takes a portion of the room back, of 1 MB; call it until {@link #isWhole}.
   *
   * @throws IOException when there is none, which leaves as much as was there
   */
  public synchronized void fill() throws IOException {
    if (whole) {
      return;
    }
    try (var channel =
        FileChannel.open(draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long at = channel.size();
      var portion = portion(at);
      while (portion.hasRemaining()) {
        at += channel.write(portion, at);
      }
      channel.force(false);
      filled = at;
      if (at < bytes) {
        return;
      }
    } catch (IOException e) {
      Files.deleteIfExists(draft);
      filled = 0;
      throw e;
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    whole = true;
  }

  /** Nothing that a file system would leave out or pack. */
  private ByteBuffer portion(long at) {
    var portion = new byte[(int) Math.min(PORTION, bytes - at)];
    new SplittableRandom(at).nextBytes(portion);
    return ByteBuffer.wrap(portion);
  }
}
