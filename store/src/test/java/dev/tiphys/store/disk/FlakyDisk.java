package dev.tiphys.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * A disk in memory that forgets at a crash what was not synced: each unsynced write is kept, lost,
 * or torn at a random byte, independently of the others (so later ones may survive earlier ones).
 * Counts operations, and can be told to crash before the n-th.
 */
public final class FlakyDisk implements Disk {
  private final Random random;
  private Map<String, Content> durableNames = new HashMap<>();
  private Map<String, Content> names = new HashMap<>();
  private long operations;
  private long crashAt = Long.MAX_VALUE;
  private boolean crashed;
  private long room = Long.MAX_VALUE;

  /** Thrown by every operation from the crash on. */
  public static final class CrashException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** What a crash may undo. */
  private sealed interface Unsynced {}

  private record Write(long position, byte[] bytes) implements Unsynced {}

  private record Cut(long size) implements Unsynced {}

  private static final class Content {
    byte[] durable = new byte[0];
    byte[] now = new byte[0];
    final List<Unsynced> unsynced = new ArrayList<>();
  }

  public FlakyDisk(long seed) {
    this.random = new Random(seed);
  }

  /** Counts writes, syncs, renames and deletions so far. */
  public synchronized long operations() {
    return operations;
  }

  /** Crashes before this many more operations are done. */
  public synchronized void crashAfter(long more) {
    crashAt = operations + more;
  }

  /** The machine comes back: what was not synced is lost in part. */
  public synchronized void restart() {
    for (var content : durableNames.values()) {
      byte[] bytes = content.durable;
      for (var change : content.unsynced) {
        bytes = kept(bytes, change);
      }
      content.now = bytes;
      content.durable = bytes;
      content.unsynced.clear();
    }
    names = new HashMap<>(durableNames);
    crashed = false;
    crashAt = Long.MAX_VALUE;
  }

  private byte[] kept(byte[] bytes, Unsynced change) {
    return switch (change) {
      case Cut(var size) ->
          random.nextBoolean() ? Arrays.copyOf(bytes, (int) Math.min(bytes.length, size)) : bytes;
      case Write(var position, var written) -> {
        int kept =
            switch (random.nextInt(3)) {
              case 0 -> 0;
              case 1 -> written.length;
              default -> random.nextInt(written.length + 1);
            };
        yield place(bytes, position, Arrays.copyOf(written, kept));
      }
    };
  }

  /** So many more bytes can be written; what is cut off or deleted gives none back. */
  public synchronized void room(long bytes) {
    room = bytes;
  }

  /** The length of a file. */
  public synchronized int length(String name) {
    return Objects.requireNonNull(names.get(name)).now.length;
  }

  /** Cuts the end of a file, as if it had never been written. */
  public synchronized void shorten(String name, int length) {
    var content = Objects.requireNonNull(names.get(name));
    content.now = Arrays.copyOf(content.now, length);
    content.durable = content.now;
  }

  /** Flips one bit of a file. */
  public synchronized void damage(String name, int at) {
    var content = Objects.requireNonNull(names.get(name));
    content.now = content.now.clone();
    content.now[at] ^= 1;
    content.durable = content.now;
  }

  private void step() throws IOException {
    if (crashed || operations >= crashAt) {
      crashed = true;
      throw new CrashException();
    }
    operations++;
  }

  private static byte[] place(byte[] into, long position, byte[] bytes) {
    byte[] out = Arrays.copyOf(into, Math.max(into.length, (int) position + bytes.length));
    System.arraycopy(bytes, 0, out, (int) position, bytes.length);
    return out;
  }

  @Override
  public synchronized List<String> list() {
    return List.copyOf(names.keySet());
  }

  @Override
  public synchronized File open(String name) {
    return new Handle(names.computeIfAbsent(name, _ -> new Content()));
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    step();
    names.put(to, names.remove(from));
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    step();
    names.remove(name);
  }

  @Override
  public synchronized void syncDirectory() throws IOException {
    step();
    durableNames = new HashMap<>(names);
  }

  private final class Handle implements File {
    private final Content content;

    Handle(Content content) {
      this.content = content;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      synchronized (FlakyDisk.this) {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        if (!crashed && operations >= crashAt) {
          content.unsynced.add(new Write(position, bytes)); // under way when the power went
        }
        step();
        int fits = (int) Math.min(room, bytes.length);
        content.now = place(content.now, position, Arrays.copyOf(bytes, fits));
        content.unsynced.add(new Write(position, Arrays.copyOf(bytes, fits)));
        room -= fits;
        if (fits < bytes.length) {
          throw new IOException("No space left on device");
        }
      }
    }

    @Override
    public int read(ByteBuffer target, long position) {
      synchronized (FlakyDisk.this) {
        int count = (int) Math.max(0, Math.min(target.remaining(), content.now.length - position));
        target.put(content.now, (int) Math.min(position, content.now.length), count);
        return count;
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (FlakyDisk.this) {
        step();
        content.durable = content.now;
        content.unsynced.clear();
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (FlakyDisk.this) {
        step();
        content.now = Arrays.copyOf(content.now, (int) size);
        content.unsynced.add(new Cut(size));
      }
    }

    @Override
    public long size() {
      synchronized (FlakyDisk.this) {
        return content.now.length;
      }
    }

    @Override
    public void close() {}
  }
}
