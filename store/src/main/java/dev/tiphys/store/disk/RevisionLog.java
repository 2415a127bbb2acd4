package dev.tiphys.store.disk;

import com.google.protobuf.MessageLite;
import dev.tiphys.store.record.Checkpoint;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The append-only log of everything that was applied, in the order of Raft.
 *
 * <p>One thread appends: {@link #begin}, any number of {@link #append}, {@link #end}. What an entry
 * appended can be read by the appending thread at once and by all others after {@code end}. It is
 * durable after {@link #sync}; until then the Raft log has it. Frames are found by a place (segment
 * number in the upper, offset in the lower 32 bits) and their length, which the caller keeps; a
 * place moves when its segment is rewritten.
 */
public final class RevisionLog implements Closeable {
  private final Disk disk;
  private final Limits limits;
  private final ByteBuffer zeros;
  private final ConcurrentSkipListMap<Integer, Segment> segments;
  private final CRC32C writeCrc = new CRC32C();
  private final List<Segment> unsynced = new ArrayList<>();
  private final Buffers buffers = new Buffers();

  private volatile Segment active;
  private volatile @Nullable IOException failedSync;
  private ByteBuffer tail;
  private long tailStart;

  /** Up to where the active segment has zeros to be written over. */
  private long roomEnd;

  private int nextSlot;
  private int lastFrame = -1;
  private long term;
  private long index;
  private int flags;

  /**
   * Sizes of the log.
   *
   * @param roomBytes how much is prepared at a time for entries that are synced one by one
   */
  public record Limits(int segmentBytes, int tailBytes, int maxFrameBytes, int roomBytes) {
    /** 16 MB segments keep recovery's buffer small; 256 KB tail takes a full batch of writes. */
    public static final Limits DEFAULT = new Limits(16 << 20, 256 << 10, 64 << 20, 128 << 10);

    private static final int SMALLEST_SEGMENT = 128 << 10;
    private static final int SEGMENTS_AT_LEAST = 16;

    /**
     * For a log that is to stay within a bound. The segment that is written to is not rewritten, so
     * it is kept small beside the bound: or compaction would give back too little.
     *
     * @param bytes the bound; 0 or less: none
     */
    public static Limits within(long bytes) {
      long segment = bytes > 0 ? bytes / SEGMENTS_AT_LEAST : DEFAULT.segmentBytes;
      return new Limits(
          Math.clamp(segment, SMALLEST_SEGMENT, DEFAULT.segmentBytes),
          DEFAULT.tailBytes,
          DEFAULT.maxFrameBytes,
          DEFAULT.roomBytes);
    }

    /** A larger entry is itself worth what its sync costs. */
    private int smallBytes() {
      return roomBytes / 4;
    }
  }

  /** A point in the log: everything before it. */
  public record Mark(int segment, long offset) {
    /** Before the first frame of a new log. */
    public static final Mark START = new Mark(1, Segment.HEADER);
  }

  /** Takes a place that no longer holds the frame: look it up again, its segment was rewritten. */
  public static final class MovedException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  RevisionLog(
      Disk disk, Limits limits, ConcurrentSkipListMap<Integer, Segment> segments, Segment active)
      throws IOException {
    this.disk = disk;
    this.limits = limits;
    this.zeros = ByteBuffer.allocateDirect(limits.roomBytes());
    this.segments = segments;
    this.active = active;
    this.tail = ByteBuffer.allocateDirect(limits.tailBytes());
    this.tailStart = active.length();
    this.roomEnd = tailStart;
    this.nextSlot = segments.lastKey() + 1;
    this.unsynced.addAll(segments.values());
  }

  /**
   * Starts the frames of one entry.
   *
   * @param revision the newest one so far
   * @param afterSync every entry before this one is synced, and the last of them that had frames
   *     has the index before; recovery relies on it
   */
  public void begin(long term, long index, long revision, boolean afterSync) throws IOException {
    this.term = term;
    this.index = index;
    this.flags = afterSync ? Frame.AFTER_SYNC : 0;
    this.lastFrame = -1;
    if (tailStart + tail.position() >= limits.segmentBytes() || active.isOfOldFormat()) {
      roll(revision);
    }
  }

  /**
   * Adds a frame and returns its place. Its length is that of the payload and {@link
   * Frame#OVERHEAD}.
   *
   * @param number how many records its revision has so far
   */
  public long append(Frame.Kind kind, int number, MessageLite payload) throws IOException {
    int length = Frame.OVERHEAD + payload.getSerializedSize();
    if (length > limits.maxFrameBytes()) {
      throw new IOException("a record of " + length + " bytes is over the limit");
    }
    if (length > tail.remaining()) {
      flush();
      if (length > tail.capacity()) {
        tail = ByteBuffer.allocateDirect(length);
      } else if (tail.capacity() > limits.tailBytes() && length <= limits.tailBytes()) {
        tail = ByteBuffer.allocateDirect(limits.tailBytes());
      }
    }
    lastFrame = tail.position();
    Frame.write(tail, kind, flags, number, term, index, payload, writeCrc);
    return (long) active.slot() << 32 | (tailStart + lastFrame);
  }

  /**
   * Closes the entry and hands its frames to the operating system. Returns true when there were
   * any.
   */
  public boolean end() throws IOException {
    if (lastFrame < 0) {
      return false;
    }
    Frame.seal(tail, lastFrame, tail.position() - lastFrame, writeCrc);
    lastFrame = -1;
    flush();
    return true;
  }

  /** The end of the last whole entry. Call from the appending thread, between entries. */
  public Mark mark() {
    return new Mark(active.name().last(), tailStart + tail.position());
  }

  /**
   * Makes everything before the newest {@link #mark} taken earlier durable. Any thread.
   *
   * @throws IOException when that failed, now or ever: the system forgets what it could not write,
   *     and would call the next sync a success
   */
  public void sync() throws IOException {
    mustBeSound();
    List<Segment> dirty;
    synchronized (unsynced) {
      dirty = new ArrayList<>(unsynced);
      dirty.removeIf(s -> !s.acquire());
      unsynced.clear();
      unsynced.add(active);
    }
    for (var segment : dirty) {
      try {
        sync(segment);
      } finally {
        segment.release();
      }
    }
  }

  /** One at a time, for only one of two is told of a failure. */
  private void sync(Segment segment) throws IOException {
    synchronized (segment) {
      mustBeSound();
      try {
        segment.file().sync();
      } catch (IOException e) {
        failedSync = e;
        throw e;
      }
    }
  }

  /**
   * Fails for good once a sync has failed: nobody knows then what is on the disk. Any thread.
   *
   * @throws IOException with the failure
   */
  public void mustBeSound() throws IOException {
    var failure = failedSync;
    if (failure != null) {
      throw new IOException(
          "a sync of the log failed, so what was written last may be lost; look at the disk, then"
              + " start again: "
              + failure.getMessage(),
          failure);
    }
  }

  /**
   * Reads one frame as {@link #read} does, also of the entry that is being appended. Appending
   * thread only.
   */
  public Frame readAppended(long place, int length) throws IOException {
    long start = (place & 0xFFFF_FFFFL) - tailStart;
    if ((int) (place >>> 32) == active.slot() && start >= 0) {
      var bytes = ByteBuffer.allocate(length);
      tail.get((int) start, bytes.array());
      return Frame.parse(bytes, 0, length);
    }
    return read(place, length);
  }

  /**
   * Reads one frame of an entry that ended. Any thread.
   *
   * @throws MovedException when the segment was rewritten since the place was looked up
   * @throws CorruptLogException when the bytes are not those that were written
   */
  public Frame read(long place, int length) throws IOException {
    var bytes = ByteBuffer.allocate(length);
    fill(bytes, place);
    if (!Frame.intact(bytes, 0, length, new CRC32C())) {
      throw damaged(place);
    }
    return Frame.parse(bytes, 0, length);
  }

  /**
   * Reads many frames of entries that ended, as {@link #read} does one. Any thread.
   *
   * @param count how many of the places and lengths count
   */
  public FrameBatch read(long[] places, int[] lengths, int count) throws IOException {
    return FrameBatch.read(this, buffers, places, lengths, count);
  }

  /** Reads from a place on, up to the limit of a buffer; fewer bytes count as damage. */
  void fill(ByteBuffer target, long place) throws IOException {
    var segment = segments.get((int) (place >>> 32));
    if (segment == null || !segment.acquire()) {
      throw new MovedException();
    }
    try {
      int wanted = target.remaining();
      if (segment.file().read(target, place & 0xFFFF_FFFFL) != wanted) {
        throw damaged(place);
      }
    } finally {
      segment.release();
    }
  }

  /** What to throw when the record at a place is not what was written. */
  IOException damaged(long place) {
    var segment = segments.get((int) (place >>> 32));
    return segment == null
        ? new MovedException()
        : new CorruptLogException(
            segment.name().file() + " at offset " + (place & 0xFFFF_FFFFL),
            "the checksum of a record does not match");
  }

  /** All frames before a mark, in the order of the log; nothing may be rewritten meanwhile. */
  public LogFrames frames(Mark until) {
    return new LogFrames(this, until);
  }

  /** Bytes on disk. */
  public long bytes() {
    long total = 0;
    for (var segment : segments.values()) {
      total += segment.length();
    }
    return total;
  }

  @Override
  public void close() throws IOException {
    takeRoomBack();
    for (var segment : segments.values()) {
      segment.release();
    }
    segments.clear();
  }

  private void flush() throws IOException {
    if (tail.position() == 0) {
      return;
    }
    int count = tail.position();
    active.file().write(tail.flip(), tailStart);
    tailStart += count;
    active.length(tailStart);
    tail.clear();
    boolean syncedAlone = (flags & Frame.AFTER_SYNC) != 0;
    if (syncedAlone && tailStart > roomEnd && count <= limits.smallBytes()) {
      makeRoom();
    }
  }

  /**
   * A sync of a file that has grown writes its new size too, to another place of the disk; where
   * there were zeros before, it writes the data only, which is a third faster.
   */
  private void makeRoom() throws IOException {
    active.file().write(zeros.clear(), tailStart);
    roomEnd = tailStart + limits.roomBytes();
  }

  /** What nothing is added to has no zeros at its end. */
  private void takeRoomBack() throws IOException {
    if (tailStart < roomEnd) {
      active.file().truncate(tailStart);
      roomEnd = tailStart;
    }
  }

  private void roll(long revision) throws IOException {
    flush();
    takeRoomBack();
    int number = active.name().last() + 1;
    var name = new Segment.Name(number, number, 0);
    var next =
        Segment.create(
            disk, newSlot(), name, name.file(), new Segment.Header(revision, 0, tailStart));
    disk.syncDirectory();
    synchronized (unsynced) {
      segments.put(next.slot(), next);
      unsynced.add(next);
      active = next;
    }
    tailStart = Segment.HEADER;
    roomEnd = tailStart;
  }

  /**
   * The segments that nothing is added to any more and whose file number is before this one, in
   * order.
   */
  List<Segment> sealed(int beforeNumber) {
    var sealed = new ArrayList<Segment>();
    for (var segment : segments.values()) {
      if (segment != active && segment.name().last() < beforeNumber) {
        sealed.add(segment);
      }
    }
    sealed.sort((a, b) -> Integer.compare(a.name().first(), b.name().first()));
    return sealed;
  }

  /** The segments up to a file number, in order. */
  List<Segment> upTo(int number) {
    var found = new ArrayList<>(segments.values());
    found.removeIf(segment -> segment.name().last() > number);
    found.sort((a, b) -> Integer.compare(a.name().first(), b.name().first()));
    return found;
  }

  /** All that is before a mark, as one stream; nothing may be rewritten while it is read. */
  public LogSnapshot snapshot(Checkpoint checkpoint, Mark mark) {
    return LogSnapshot.of(this, CheckpointFile.encode(checkpoint), mark);
  }

  /** A number for places in a segment that is being made. */
  int newSlot() {
    synchronized (unsynced) {
      return nextSlot++;
    }
  }

  /** Lets readers find frames in a segment that was rewritten. */
  void add(Segment segment) {
    segments.put(segment.slot(), segment);
  }

  /** Forgets a segment whose frames all have new places, and its file. */
  void remove(Segment segment) throws IOException {
    segments.remove(segment.slot());
    synchronized (unsynced) {
      unsynced.remove(segment);
    }
    disk.delete(segment.name().file());
    segment.release();
  }

  Disk disk() {
    return disk;
  }

  Limits limits() {
    return limits;
  }
}
