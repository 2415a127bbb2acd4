package dev.tiphys.store.bolt;

import static dev.tiphys.store.bolt.BoltFile.BRANCH;
import static dev.tiphys.store.bolt.BoltFile.BUCKET_HEADER;
import static dev.tiphys.store.bolt.BoltFile.ELEMENT;
import static dev.tiphys.store.bolt.BoltFile.FREELIST;
import static dev.tiphys.store.bolt.BoltFile.IS_BUCKET;
import static dev.tiphys.store.bolt.BoltFile.LEAF;
import static dev.tiphys.store.bolt.BoltFile.MAGIC;
import static dev.tiphys.store.bolt.BoltFile.META;
import static dev.tiphys.store.bolt.BoltFile.META_SUM;
import static dev.tiphys.store.bolt.BoltFile.PAGE_HEADER;
import static dev.tiphys.store.bolt.BoltFile.VERSION;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Writes a bbolt database in one go: bucket after bucket, each with its pairs in order of their
 * keys. Leaves are written as they fill, the branches over them at the end of the bucket. Memory
 * grows with the number of leaves only. Layout as in {@link BoltFile}. Not thread-safe.
 */
final class BoltWriter implements Closeable {
  private static final int PAGE = 4096;
  private static final long FREELIST_PAGE = 2;
  private static final int FIRST_PAGE = 3;

  private final FileChannel channel;
  private final TreeMap<String, Long> buckets = new TreeMap<>();
  private long nextPage = FIRST_PAGE;
  private String bucket = "";
  private List<Child> leaves = new ArrayList<>();
  private List<Pair> pairs = new ArrayList<>();
  private int filled = PAGE_HEADER;

  private record Pair(int flags, byte[] key, byte[] value) {
    int size() {
      return ELEMENT + key.length + value.length;
    }
  }

  private record Child(byte[] firstKey, long page) {}

  /** Makes the file anew. */
  BoltWriter(Path file) throws IOException {
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE,
            StandardOpenOption.READ);
  }

  /** Starts a bucket; it may stay empty. */
  void begin(String name) throws IOException {
    endBucket();
    bucket = name;
  }

  /** Adds a pair to the bucket; the key must come after the one before. */
  void put(byte[] key, byte[] value) throws IOException {
    add(new Pair(0, key, value));
  }

  /** Ends the database: after this it is whole and synced. */
  void finish() throws IOException {
    endBucket();
    bucket = "";
    for (var entry : buckets.entrySet()) {
      var value =
          ByteBuffer.allocate(BUCKET_HEADER)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(entry.getValue())
              .array();
      add(new Pair(IS_BUCKET, entry.getKey().getBytes(StandardCharsets.UTF_8), value));
    }
    long root = endTree();
    write(FREELIST_PAGE, header(FREELIST_PAGE, FREELIST, 0, PAGE));
    meta(0, root);
    meta(1, root);
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void add(Pair pair) throws IOException {
    if (!pairs.isEmpty() && filled + pair.size() > PAGE) {
      endLeaf();
    }
    pairs.add(pair);
    filled += pair.size();
  }

  private void endBucket() throws IOException {
    if (!bucket.isEmpty()) {
      buckets.put(bucket, endTree());
    }
  }

  private void endLeaf() throws IOException {
    var page = header(nextPage, LEAF, pairs.size(), filled);
    int data = PAGE_HEADER + pairs.size() * ELEMENT;
    for (int i = 0; i < pairs.size(); i++) {
      var pair = pairs.get(i);
      int at = PAGE_HEADER + i * ELEMENT;
      page.putInt(at, pair.flags)
          .putInt(at + 4, data - at)
          .putInt(at + 8, pair.key.length)
          .putInt(at + 12, pair.value.length);
      page.put(data, pair.key).put(data + pair.key.length, pair.value);
      data += pair.key.length + pair.value.length;
    }
    leaves.add(new Child(pairs.isEmpty() ? new byte[0] : pairs.getFirst().key, nextPage));
    append(page);
    pairs = new ArrayList<>();
    filled = PAGE_HEADER;
  }

  /** Writes the branches over the leaves and returns the root. */
  private long endTree() throws IOException {
    if (!pairs.isEmpty() || leaves.isEmpty()) {
      endLeaf();
    }
    var level = leaves;
    while (level.size() > 1) {
      var above = new ArrayList<Child>();
      for (int from = 0; from < level.size(); ) {
        int to = from;
        int size = PAGE_HEADER;
        // At least two a page, or the tree would never end.
        while (to < level.size()
            && (to < from + 2 || size + ELEMENT + level.get(to).firstKey.length <= PAGE)) {
          size += ELEMENT + level.get(to).firstKey.length;
          to++;
        }
        above.add(branch(level.subList(from, to), size));
        from = to;
      }
      level = above;
    }
    leaves = new ArrayList<>();
    return level.getFirst().page;
  }

  private Child branch(List<Child> children, int size) throws IOException {
    long number = nextPage;
    var page = header(number, BRANCH, children.size(), size);
    int data = PAGE_HEADER + children.size() * ELEMENT;
    for (int i = 0; i < children.size(); i++) {
      var child = children.get(i);
      int at = PAGE_HEADER + i * ELEMENT;
      page.putInt(at, data - at).putInt(at + 4, child.firstKey.length).putLong(at + 8, child.page);
      page.put(data, child.firstKey);
      data += child.firstKey.length;
    }
    append(page);
    return new Child(children.getFirst().firstKey, number);
  }

  /** A buffer of whole pages, with the header written. */
  private static ByteBuffer header(long number, int kind, int count, int size) {
    int pages = Math.ceilDiv(size, PAGE);
    return ByteBuffer.allocate(pages * PAGE)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(0, number)
        .putShort(8, (short) kind)
        .putShort(10, (short) count)
        .putInt(12, pages - 1);
  }

  private void append(ByteBuffer page) throws IOException {
    write(nextPage, page);
    nextPage += page.capacity() / PAGE;
  }

  private void write(long number, ByteBuffer page) throws IOException {
    var bytes = page.duplicate().clear();
    while (bytes.hasRemaining()) {
      channel.write(bytes, number * PAGE + bytes.position());
    }
  }

  private void meta(long number, long root) throws IOException {
    var page = header(number, META, 0, PAGE);
    var meta = page.slice(PAGE_HEADER, META_SUM + 8).order(ByteOrder.LITTLE_ENDIAN);
    meta.putInt(0, MAGIC).putInt(4, VERSION).putInt(8, PAGE).putInt(12, 0);
    meta.putLong(16, root).putLong(24, 0).putLong(32, FREELIST_PAGE).putLong(40, nextPage);
    meta.putLong(48, number);
    meta.putLong(META_SUM, BoltFile.checksum(meta, META_SUM));
    write(number, page);
  }
}
