package dev.tiphys.store.bolt;

import static dev.tiphys.store.bolt.BoltFile.BRANCH;
import static dev.tiphys.store.bolt.BoltFile.BUCKET_HEADER;
import static dev.tiphys.store.bolt.BoltFile.FREELIST;
import static dev.tiphys.store.bolt.BoltFile.IS_BUCKET;
import static dev.tiphys.store.bolt.BoltFile.LEAF_PAGE;
import static dev.tiphys.store.bolt.BoltFile.MAGIC;
import static dev.tiphys.store.bolt.BoltFile.META;
import static dev.tiphys.store.bolt.BoltFile.META_SUM;
import static dev.tiphys.store.bolt.BoltFile.PAGE_HEADER;
import static dev.tiphys.store.bolt.BoltFile.VERSION;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives a bbolt database as a stream, from its first page to its last. What stands in its first
 * pages, its size and where its root is, depends on all others; so the content is asked for twice,
 * and the first time only its size is looked at. That costs one more reading of what is mostly in
 * memory, and saves a file of the same size. Memory does not grow with the database: whatever is
 * full is given away, branches too. Layout as in {@link BoltFile}. Not thread-safe.
 */
final class BoltWriter {
  static final int PAGE = 4096;

  /**
   * So many bytes a leaf has at most, unless one pair has more. With one page a leaf, every value
   * of 2 kB would take 4.
   */
  static final int LEAF = 8 * PAGE;

  private static final long FREELIST_PAGE = 2;
  private static final int FIRST_PAGE = 3;

  /** Or a tree would never end. */
  private static final int LEAST_CHILDREN = 2;

  private final @Nullable Sink sink;
  private final TreeMap<String, Long> buckets = new TreeMap<>();

  /** The nodes that are being filled, the leaf first. */
  private List<BoltNode> levels = new ArrayList<>();

  private long nextPage = FIRST_PAGE;
  private String bucket = "";
  private long pairs;
  private long bytes;

  /** What is to be written. */
  @FunctionalInterface
  interface Content {
    /** Gives the buckets, each with its pairs in order of their keys; the same each time. */
    void give(BoltWriter writer) throws IOException, InterruptedException;
  }

  /** Takes the database. */
  interface Sink {
    /** Comes first: how many bytes there will be. */
    void begin(long bytes);

    /** The next bytes; valid during the call. */
    void take(ByteBuffer bytes) throws IOException, InterruptedException;
  }

  /** What the first pages tell, and what went into the others. */
  private record Extent(long root, long pages, long pairs, long bytes) {}

  private BoltWriter(@Nullable Sink sink) {
    this.sink = sink;
  }

  /**
   * Gives a whole database.
   *
   * @throws IOException also when the content was not the same twice
   */
  static void write(Content content, Sink sink) throws IOException, InterruptedException {
    var extent = new BoltWriter(null).lay(content);
    sink.begin(extent.pages * PAGE);
    sink.take(meta(0, extent));
    sink.take(meta(1, extent));
    sink.take(header(FREELIST_PAGE, FREELIST));
    var written = new BoltWriter(sink).lay(content);
    if (!written.equals(extent)) {
      throw new IOException("what was to be written changed meanwhile");
    }
  }

  /** Starts a bucket; it may stay empty. */
  void begin(String name) throws IOException, InterruptedException {
    endBucket();
    bucket = name;
  }

  /** Adds a pair to the bucket; the key must come after the one before. */
  void put(byte[] key, ByteBuffer value) throws IOException, InterruptedException {
    add(0, key, value);
  }

  private Extent lay(Content content) throws IOException, InterruptedException {
    content.give(this);
    endBucket();
    for (var entry : buckets.entrySet()) {
      var value = ByteBuffer.allocate(BUCKET_HEADER).order(ByteOrder.LITTLE_ENDIAN);
      value.putLong(0, entry.getValue());
      add(IS_BUCKET, entry.getKey().getBytes(StandardCharsets.UTF_8), value);
    }
    return new Extent(endTree(), nextPage, pairs, bytes);
  }

  private void endBucket() throws IOException, InterruptedException {
    if (!bucket.isEmpty()) {
      buckets.put(bucket, endTree());
      bucket = "";
    }
  }

  private void add(int flags, byte[] key, ByteBuffer value)
      throws IOException, InterruptedException {
    var leaf = level(0);
    if (leaf.count() > 0 && leaf.sizeWith(key.length + value.remaining()) > LEAF) {
      close(0);
    }
    leaf.addPair(flags, key, value);
    pairs++;
    bytes += key.length + value.remaining();
  }

  private BoltNode level(int number) {
    if (number == levels.size()) {
      levels.add(new BoltNode(number == 0 ? LEAF_PAGE : BRANCH, sink == null));
    }
    return levels.get(number);
  }

  /** Gives a node away and notes it in the one above. */
  private void close(int number) throws IOException, InterruptedException {
    byte[] firstKey = level(number).firstKey();
    long page = give(level(number));
    var above = level(number + 1);
    if (above.count() >= LEAST_CHILDREN && above.sizeWith(firstKey.length) > PAGE) {
      close(number + 1);
    }
    above.addChild(firstKey, page);
  }

  /** Gives away what is not full yet, and returns the root. */
  private long endTree() throws IOException, InterruptedException {
    level(0);
    int number = 0;
    // The highest node has two children, or it would not be there.
    while (number < levels.size() - 1) {
      close(number++);
    }
    long root = give(level(number));
    levels = new ArrayList<>();
    return root;
  }

  /** Returns the page that it begins at. */
  private long give(BoltNode node) throws IOException, InterruptedException {
    long page = nextPage;
    nextPage += node.pages();
    if (sink != null) {
      for (var part : node.content(page)) {
        sink.take(part);
      }
    }
    node.clear();
    return page;
  }

  /** A page with nothing but its header. */
  private static ByteBuffer header(long number, int kind) {
    return ByteBuffer.allocate(PAGE)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(0, number)
        .putShort(8, (short) kind);
  }

  private static ByteBuffer meta(long number, Extent extent) {
    var page = header(number, META);
    var meta = page.slice(PAGE_HEADER, META_SUM + 8).order(ByteOrder.LITTLE_ENDIAN);
    meta.putInt(0, MAGIC).putInt(4, VERSION).putInt(8, PAGE).putInt(12, 0);
    meta.putLong(16, extent.root).putLong(24, 0).putLong(32, FREELIST_PAGE);
    meta.putLong(40, extent.pages).putLong(48, number);
    meta.putLong(META_SUM, BoltFile.checksum(meta, META_SUM));
    return page;
  }
}
