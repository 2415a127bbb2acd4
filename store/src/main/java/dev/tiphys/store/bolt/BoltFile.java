package dev.tiphys.store.bolt;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A bbolt database, for reading. Numbers are little-endian, as on the machines that etcd runs on:
 *
 * <pre>
 *   page: u64 number, u16 kind, u16 count of elements, u32 count of pages that it goes on for
 *   meta page: u32 magic, u32 version, u32 page size, u32 flags, u64 root page, u64 sequence,
 *              u64 free list, u64 end, u64 transaction, u64 FNV-1a of all that
 *   leaf element: u32 flags (1: a bucket), u32 place of the key from here, u32 its length, u32 that
 *                 of the value, which follows
 *   branch element: u32 place of the key from here, u32 its length, u64 page
 *   bucket: u64 root page, u64 sequence; with root page 0 the page itself follows
 * </pre>
 *
 * <p>Not thread-safe.
 */
final class BoltFile implements Closeable {
  static final int MAGIC = 0xED0CDAED;
  static final int VERSION = 2;
  static final int PAGE_HEADER = 16;
  static final int ELEMENT = 16;
  static final int BUCKET_HEADER = 16;
  static final int BRANCH = 1;
  static final int LEAF_PAGE = 2;
  static final int META = 4;
  static final int FREELIST = 16;
  static final int IS_BUCKET = 1;

  /** Where the checksum of a meta page stands after the header. */
  static final int META_SUM = 56;

  private static final int SMALLEST_PAGE = 512;
  private static final int LARGEST_PAGE = 64 << 10;
  private static final int DEEPEST = 64;

  private final Path file;
  private final FileChannel channel;
  private final long size;
  private final int pageSize;
  private final long root;

  /** Takes the pairs of a bucket, in order of their keys. */
  @FunctionalInterface
  interface Visitor {
    /** One pair; the buffers are valid during the call only. */
    void pair(ByteBuffer key, ByteBuffer value) throws IOException;
  }

  private record Meta(int pageSize, long root, long transaction) {}

  /**
   * Opens a file.
   *
   * @throws IOException when it is none, or its first pages are damaged
   */
  BoltFile(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
    this.size = channel.size();
    var meta = newest();
    if (meta.isEmpty()) {
      channel.close();
      throw new IOException(file + " is not the database of an etcd, or its head is damaged");
    }
    this.pageSize = meta.get().pageSize;
    this.root = meta.get().root;
  }

  /** Shows all pairs of a bucket; none when it is not there. */
  void forEach(String bucket, Visitor visitor) throws IOException {
    byte[] name = bucket.getBytes(StandardCharsets.UTF_8);
    var found = new ByteBuffer[1];
    walk(
        page(root),
        0,
        (flags, key, value) -> {
          if ((flags & IS_BUCKET) != 0 && key.equals(ByteBuffer.wrap(name))) {
            found[0] = copy(value);
          }
        });
    if (found[0] == null) {
      return;
    }
    var header = found[0];
    long first = header.getLong(0);
    var page =
        first == 0 ? slice(header, BUCKET_HEADER, header.limit() - BUCKET_HEADER) : page(first);
    walk(
        page,
        0,
        (flags, key, value) -> {
          if ((flags & IS_BUCKET) == 0) {
            visitor.pair(key, value);
          }
        });
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @FunctionalInterface
  private interface Element {
    void take(int flags, ByteBuffer key, ByteBuffer value) throws IOException;
  }

  private void walk(ByteBuffer page, int depth, Element taker) throws IOException {
    int kind = page.getShort(8) & 0xFFFF;
    int count = page.getShort(10) & 0xFFFF;
    if (depth > DEEPEST || (kind != LEAF_PAGE && kind != BRANCH)) {
      throw damaged(page.getLong(0));
    }
    for (int i = 0; i < count; i++) {
      int at = PAGE_HEADER + i * ELEMENT;
      if (kind == BRANCH) {
        walk(page(page.getLong(at + 8)), depth + 1, taker);
      } else {
        int place = at + page.getInt(at + 4);
        int keyLength = page.getInt(at + 8);
        taker.take(
            page.getInt(at),
            slice(page, place, keyLength),
            slice(page, place + keyLength, page.getInt(at + 12)));
      }
    }
  }

  private ByteBuffer page(long number) throws IOException {
    if (number < 2 || number > size / pageSize) {
      throw damaged(number);
    }
    var header = read(number * pageSize, PAGE_HEADER);
    long pages = 1 + (header.getInt(12) & 0xFFFF_FFFFL);
    if (header.getLong(0) != number || pages * pageSize > Math.min(size, Integer.MAX_VALUE)) {
      throw damaged(number);
    }
    return read(number * pageSize, (int) (pages * pageSize));
  }

  private ByteBuffer read(long position, int length) throws IOException {
    var bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new IOException(file + ": is cut short at byte " + (position + bytes.position()));
      }
    }
    return bytes.flip();
  }

  private ByteBuffer slice(ByteBuffer page, int start, int length) throws IOException {
    if (start < 0 || length < 0 || start > page.limit() - length) {
      throw damaged(page.getLong(0));
    }
    return page.slice(start, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private IOException damaged(long page) {
    return new IOException(file + ": page " + page + " is damaged");
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(bytes.duplicate())
        .flip();
  }

  /** The better of the two meta pages; where the second one is depends on the size of pages. */
  private Optional<Meta> newest() throws IOException {
    var best = metaAt(0);
    for (int step = SMALLEST_PAGE; step <= LARGEST_PAGE; step *= 2) {
      var other = metaAt(step);
      if (other.isPresent()
          && other.get().pageSize == step
          && (best.isEmpty() || other.get().transaction > best.get().transaction)) {
        best = other;
      }
    }
    return best;
  }

  private Optional<Meta> metaAt(long position) throws IOException {
    int length = PAGE_HEADER + META_SUM + 8;
    if (position + length > size) {
      return Optional.empty();
    }
    var page = read(position, length);
    var meta = page.slice(PAGE_HEADER, META_SUM + 8).order(ByteOrder.LITTLE_ENDIAN);
    if (meta.getInt(0) != MAGIC
        || meta.getInt(4) != VERSION
        || meta.getLong(META_SUM) != checksum(meta, META_SUM)) {
      return Optional.empty();
    }
    return Optional.of(new Meta(meta.getInt(8), meta.getLong(16), meta.getLong(48)));
  }

  /** FNV-1a, 64 bits. */
  static long checksum(ByteBuffer bytes, int length) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < length; i++) {
      hash = (hash ^ (bytes.get(i) & 0xFF)) * 0x100000001b3L;
    }
    return hash;
  }
}
