package dev.tiphys.store.crash;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes down what is done below one directory. Whoever changes something does it while it holds
 * the recorder's lock, so that the order of what is written down is that of what was done. Any
 * thread.
 */
public final class Recorder {
  /** A sync that took no time would leave nothing to be done meanwhile. */
  private static final long SYNC_NANOS = 300_000;

  private final Path root;
  private final DataOutputStream out;
  private final Map<Path, Integer> nodes = new HashMap<>();
  private int events;
  private int generation;
  private int newest;
  private boolean dead;
  private boolean killAtSync;

  /** Something that changes files. */
  @FunctionalInterface
  interface Deed<T> {
    T happen() throws IOException;
  }

  /** Takes the directory, which is empty, and where events are written to. */
  Recorder(Path root, OutputStream out) {
    this.root = root;
    this.out = new DataOutputStream(out);
    nodes.put(root, 0);
  }

  /** Notes something in the order of events, durably as seen by who reads them. */
  public synchronized void mark(String text) {
    try {
      add(new Event.Mark(text));
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException("events cannot be written", e);
    }
  }

  /**
   * Ends whoever works here, as by kill -9: nothing can be changed any more, until {@link #revive};
   * and by who has files open now, never again.
   */
  public synchronized void kill() {
    generation++;
    dead = true;
    killAtSync = false;
  }

  /** As {@link #kill}, when the next sync begins: what was written before it is not synced. */
  public synchronized void killAtSync() {
    killAtSync = true;
  }

  /** Whether whoever worked here was killed. */
  public synchronized boolean isDead() {
    return dead;
  }

  /** Another one may work here now. */
  public synchronized void revive() {
    dead = false;
  }

  /** Whether a path is the directory, or in it. */
  boolean covers(Path path) {
    return path.startsWith(root);
  }

  synchronized int generation() {
    return generation;
  }

  /** The number of a file or directory that is there. */
  synchronized int node(Path path) {
    var node = nodes.get(path);
    if (node == null) {
      throw new IllegalStateException(path + " was made without the recorder");
    }
    return node;
  }

  /** Makes a file or directory if it is not there. */
  synchronized <T> T make(Path path, boolean isDirectory, Deed<T> deed) throws IOException {
    mustLive(generation);
    var made = deed.happen();
    if (!nodes.containsKey(path)) {
      int node = ++newest;
      nodes.put(path, node);
      add(new Event.Make(parent(path), name(path), node, isDirectory));
    }
    return made;
  }

  synchronized void rename(Path from, Path to, Deed<?> deed) throws IOException {
    if (parent(from) != parent(to)) {
      throw new UnsupportedOperationException(
          "a rename from one directory to another is not modelled: " + from + " to " + to);
    }
    mustLive(generation);
    deed.happen();
    add(new Event.Rename(parent(from), name(from), name(to)));
    var moved = new HashMap<Path, Integer>();
    nodes.keySet().removeIf(path -> path.startsWith(to));
    nodes.forEach((path, node) -> {
      if (path.startsWith(from)) {
        moved.put(to.resolve(from.relativize(path)), node);
      }
    });
    nodes.keySet().removeIf(path -> path.startsWith(from));
    nodes.putAll(moved);
  }

  synchronized void delete(Path path, Deed<?> deed) throws IOException {
    mustLive(generation);
    deed.happen();
    add(new Event.Delete(parent(path), name(path)));
    nodes.remove(path);
  }

  synchronized int write(int file, int opened, long position, ByteBuffer source, Deed<Integer> deed)
      throws IOException {
    mustLive(opened);
    byte[] bytes = new byte[source.remaining()];
    source.duplicate().get(bytes);
    int count = deed.happen();
    if (count != bytes.length) {
      throw new IOException("written in part, which no test here is about");
    }
    add(new Event.Write(file, position, bytes));
    return count;
  }

  synchronized <T> T cut(int file, int opened, long size, Deed<T> deed) throws IOException {
    mustLive(opened);
    var cut = deed.happen();
    add(new Event.Cut(file, size));
    return cut;
  }

  /** Syncs as far as anybody can tell: the power stays on. */
  void sync(int node, int opened) throws IOException {
    int before;
    synchronized (this) {
      if (killAtSync) {
        kill();
      }
      mustLive(opened);
      before = events;
    }
    LockSupport.parkNanos(SYNC_NANOS);
    synchronized (this) {
      mustLive(opened);
      add(new Event.Sync(node, before));
    }
  }

  private void mustLive(int opened) throws IOException {
    if (dead || opened != generation) {
      throw new IOException("killed");
    }
  }

  private void add(Event event) throws IOException {
    Event.write(event, out);
    events++;
  }

  private int parent(Path path) {
    var parent = path.getParent();
    if (parent == null) {
      throw new IllegalStateException(path + " has no parent");
    }
    return node(parent);
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
