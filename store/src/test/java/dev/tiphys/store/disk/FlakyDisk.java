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
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that forgets at a crash what was not synced: each unsynced write is kept, lost,
 * or torn at a random byte, independently of the others (so later ones may survive earlier ones).
 * Counts operations, and can be told to crash before the n-th. The directories in it crash with it.
 */
public final class FlakyDisk implements Folder {
  private final Power power;
  private Map<String, Content> durableNames = new HashMap<>();
  private Map<String, Content> names = new HashMap<>();

  /** What a disk and the directories in it have in common; also their lock. */
  private static final class Power {
    final Random random;
    long operations;
    long crashAt = Long.MAX_VALUE;
    boolean crashed;
    boolean syncFails;
    Deed beforeRead = () -> {};
    long room = Long.MAX_VALUE;

    Power(long seed) {
      random = new Random(seed);
    }

    void step() throws IOException {
      if (crashed || operations >= crashAt) {
        crashed = true;
        throw new CrashException();
      }
      operations++;
    }
  }

  /** Thrown by every operation from the crash on. */
  public static final class CrashException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** What a crash may undo. */
  private sealed interface Unsynced {}

  private record Write(long position, byte[] bytes) implements Unsynced {}

  private record Cut(long size) implements Unsynced {}

  private static final class Content {
    final @Nullable FlakyDisk directory;
    byte[] durable = new byte[0];
    byte[] now = new byte[0];
    final List<Unsynced> unsynced = new ArrayList<>();

    /** Unless null, this is no file. */
    Content(@Nullable FlakyDisk directory) {
      this.directory = directory;
    }
  }

  public FlakyDisk(long seed) {
    this(new Power(seed));
  }

  private FlakyDisk(Power power) {
    this.power = power;
  }

  /** Counts writes, syncs, renames and deletions so far. */
  public long operations() {
    synchronized (power) {
      return power.operations;
    }
  }

  /** Crashes before this many more operations are done. */
  public void crashAfter(long more) {
    synchronized (power) {
      power.crashAt = power.operations + more;
    }
  }

  /**
   * The next sync of a file fails, and what it should have written never will be: later ones know
   * nothing of it, as with Linux.
   */
  public void failSync() {
    synchronized (power) {
      power.syncFails = true;
    }
  }

  /** What happens while others wait for the disk. */
  @FunctionalInterface
  public interface Deed {
    void happen() throws IOException;
  }

  /** Does something just before the next read of a file, which sees what came of it. */
  public void beforeNextRead(Deed deed) {
    synchronized (power) {
      power.beforeRead = deed;
    }
  }

  private Deed takeDeed() {
    synchronized (power) {
      var deed = power.beforeRead;
      power.beforeRead = () -> {};
      return deed;
    }
  }

  /** The machine comes back: what was not synced is lost in part. */
  public void restart() {
    synchronized (power) {
      settle();
      power.crashed = false;
      power.crashAt = Long.MAX_VALUE;
    }
  }

  private void settle() {
    for (var content : durableNames.values()) {
      if (content.directory != null) {
        content.directory.settle();
        continue;
      }
      byte[] bytes = content.durable;
      for (var change : content.unsynced) {
        bytes = kept(bytes, change);
      }
      content.now = bytes;
      content.durable = bytes;
      content.unsynced.clear();
    }
    names = new HashMap<>(durableNames);
  }

  private byte[] kept(byte[] bytes, Unsynced change) {
    return switch (change) {
      case Cut(var size) ->
          power.random.nextBoolean()
              ? Arrays.copyOf(bytes, (int) Math.min(bytes.length, size))
              : bytes;
      case Write(var position, var written) -> {
        int kept =
            switch (power.random.nextInt(3)) {
              case 0 -> 0;
              case 1 -> written.length;
              default -> power.random.nextInt(written.length + 1);
            };
        yield place(bytes, position, Arrays.copyOf(written, kept));
      }
    };
  }

  /** So many more bytes can be written; what is cut off or deleted gives none back. */
  public void room(long bytes) {
    synchronized (power) {
      power.room = bytes;
    }
  }

  /** The length of a file. */
  public int length(String name) {
    synchronized (power) {
      return Objects.requireNonNull(names.get(name)).now.length;
    }
  }

  /** Cuts the end of a file, as if it had never been written. */
  public void shorten(String name, int length) {
    synchronized (power) {
      var content = Objects.requireNonNull(names.get(name));
      content.now = Arrays.copyOf(content.now, length);
      content.durable = content.now;
      content.unsynced.clear();
    }
  }

  /** Flips one bit of a file. */
  public void damage(String name, int at) {
    synchronized (power) {
      var content = Objects.requireNonNull(names.get(name));
      content.now = content.now.clone();
      content.now[at] ^= 1;
      content.durable = content.now;
      content.unsynced.clear();
    }
  }

  private static byte[] done(byte[] bytes, Unsynced change) {
    return switch (change) {
      case Cut(var size) -> Arrays.copyOf(bytes, (int) size);
      case Write(var position, var written) -> place(bytes, position, written);
    };
  }

  private static byte[] place(byte[] into, long position, byte[] bytes) {
    byte[] out = Arrays.copyOf(into, Math.max(into.length, (int) position + bytes.length));
    System.arraycopy(bytes, 0, out, (int) position, bytes.length);
    return out;
  }

  @Override
  public List<String> list() {
    synchronized (power) {
      return List.copyOf(names.keySet());
    }
  }

  @Override
  public File open(String name) {
    synchronized (power) {
      return new Handle(names.computeIfAbsent(name, _ -> new Content(null)));
    }
  }

  @Override
  public FlakyDisk within(String name) {
    synchronized (power) {
      var directory = names.computeIfAbsent(name, _ -> new Content(new FlakyDisk(power))).directory;
      return Objects.requireNonNull(directory, name + " is a file");
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    synchronized (power) {
      power.step();
      var moved = Objects.requireNonNull(names.get(from), from);
      if (moved.directory != null && names.containsKey(to)) {
        throw new IOException(to + " is there already");
      }
      names.remove(from);
      names.put(to, moved);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    synchronized (power) {
      power.step();
      names.remove(name);
    }
  }

  @Override
  public void deleteAll(String name) throws IOException {
    synchronized (power) {
      var content = names.get(name);
      if (content != null && content.directory != null) {
        for (var inner : content.directory.list()) {
          content.directory.deleteAll(inner);
        }
      }
      if (content != null) {
        delete(name);
      }
    }
  }

  @Override
  public void syncDirectory() throws IOException {
    synchronized (power) {
      power.step();
      durableNames = new HashMap<>(names);
    }
  }

  private final class Handle implements File {
    private final Content content;

    Handle(Content content) {
      this.content = content;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      synchronized (power) {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        if (!power.crashed && power.operations >= power.crashAt) {
          content.unsynced.add(new Write(position, bytes)); // under way when the power went
        }
        power.step();
        int fits = (int) Math.min(power.room, bytes.length);
        content.now = place(content.now, position, Arrays.copyOf(bytes, fits));
        content.unsynced.add(new Write(position, Arrays.copyOf(bytes, fits)));
        power.room -= fits;
        if (fits < bytes.length) {
          throw new IOException("No space left on device");
        }
      }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      takeDeed().happen();
      synchronized (power) {
        int count = (int) Math.max(0, Math.min(target.remaining(), content.now.length - position));
        target.put(content.now, (int) Math.min(position, content.now.length), count);
        return count;
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (power) {
        power.step();
        if (power.syncFails) {
          power.syncFails = false;
          content.unsynced.clear();
          throw new IOException("Input/output error");
        }
        content.unsynced.forEach(change -> content.durable = done(content.durable, change));
        content.unsynced.clear();
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (power) {
        power.step();
        content.now = Arrays.copyOf(content.now, (int) size);
        content.unsynced.add(new Cut(size));
      }
    }

    @Override
    public long size() {
      synchronized (power) {
        return content.now.length;
      }
    }

    @Override
    public void close() {}
  }
}
