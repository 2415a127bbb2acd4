package dev.tiphys.store.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Many frames, read in few reads: those that lie near each other come together, in whatever order
 * they were asked for. Each is checked. Close it when the payloads are copied; for one thread.
 */
public final class FrameBatch implements AutoCloseable {
  /** Frames that begin no further apart are read together: a read costs as much as copying that. */
  private static final int NEAR = 4096;

  /** A batch that is no longer than this is read into the heap. */
  private static final int SMALL = 8 << 10;

  private final RevisionLog log;
  private final Buffers buffers;
  private final int[] lengths;
  private final int[] offsets;
  private final ByteBuffer[] holders;
  private final List<ByteBuffer> lent = new ArrayList<>();
  private @Nullable Arena own;

  /**
   * Reads.
   *
   * @param count how many of the places and lengths count
   * @throws RevisionLog.MovedException when one of them has moved: look all up again
   * @throws CorruptLogException when bytes are not those that were written
   */
  static FrameBatch read(RevisionLog log, Buffers buffers, long[] places, int[] lengths, int count)
      throws IOException {
    var batch = new FrameBatch(log, buffers, lengths, count);
    try {
      batch.read(places, count);
      return batch;
    } catch (IOException | RuntimeException e) {
      batch.close();
      throw e;
    }
  }

  private FrameBatch(RevisionLog log, Buffers buffers, int[] lengths, int count) {
    this.log = log;
    this.buffers = buffers;
    this.lengths = lengths;
    this.offsets = new int[count];
    this.holders = new ByteBuffer[count];
  }

  /** How many frames there are. */
  public int count() {
    return holders.length;
  }

  /** The length of a payload. */
  public int payloadLength(int number) {
    return lengths[number] - Frame.OVERHEAD;
  }

  /** Copies a part of a payload. */
  public void copy(int number, int from, byte[] target, int at, int bytes) {
    holders[number].get(offsets[number] + Frame.OVERHEAD + from, target, at, bytes);
  }

  @Override
  public void close() {
    lent.forEach(buffers::giveBack);
    lent.clear();
    if (own != null) {
      own.close();
      own = null;
    }
  }

  private ByteBuffer buffer(int length) {
    var buffer = length > Buffers.BYTES ? null : buffers.take();
    if (buffer != null) {
      lent.add(buffer);
      return buffer;
    }
    // The collector would be late to give these back, and there may be many.
    if (own == null) {
      own = Arena.ofConfined();
    }
    return own.allocate(Math.max(length, Buffers.BYTES), Long.BYTES).asByteBuffer();
  }

  /** Neighbours that are read at once. */
  private static final class Run {
    final long start;
    long end;

    Run(long start) {
      this.start = start;
      this.end = start;
    }

    int length() {
      return Math.toIntExact(end - start);
    }
  }

  private void read(long[] places, int count) throws IOException {
    var runs = runs(places, count);
    int[] runOf = new int[count];
    int last = 0;
    for (int i = 0; i < count; i++) {
      last = find(runs, places[i], last);
      runOf[i] = last;
      var run = runs.get(last);
      run.end = Math.max(run.end, places[i] + lengths[i]);
    }
    var held = new ByteBuffer[runs.size()];
    int[] begin = new int[runs.size()];
    load(runs, held, begin);
    var crc = new CRC32C();
    for (int i = 0; i < count; i++) {
      int run = runOf[i];
      holders[i] = held[run];
      offsets[i] = begin[run] + (int) (places[i] - runs.get(run).start);
      if (!Frame.intactByPosition(holders[i], offsets[i], lengths[i], crc)) {
        throw log.damaged(places[i]);
      }
    }
  }

  private static List<Run> runs(long[] places, int count) {
    long[] sorted = Arrays.copyOf(places, count);
    Arrays.sort(sorted);
    var runs = new ArrayList<Run>();
    long previous = 0;
    for (long place : sorted) {
      // Segments begin with a header, so places in two of them are never near.
      if (runs.isEmpty()
          || place - previous > NEAR
          || place - runs.getLast().start > Buffers.BYTES - 2 * NEAR) {
        runs.add(new Run(place));
      }
      previous = place;
    }
    return runs;
  }

  /** The run that a place is in; looks at {@code guess} and the one after it first. */
  private static int find(List<Run> runs, long place, int guess) {
    for (int i = guess; i < Math.min(guess + 2, runs.size()); i++) {
      if (runs.get(i).start <= place && (i + 1 == runs.size() || place < runs.get(i + 1).start)) {
        return i;
      }
    }
    int low = 0;
    int high = runs.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (runs.get(middle).start <= place) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private void load(List<Run> runs, ByteBuffer[] held, int[] begin) throws IOException {
    long total = 0;
    for (var run : runs) {
      total += run.length();
    }
    ByteBuffer buffer = ByteBuffer.allocate(total <= SMALL ? (int) total : 0);
    for (int i = 0; i < held.length; i++) {
      var run = runs.get(i);
      int length = run.length();
      if (length > buffer.capacity() - buffer.position()) {
        buffer = buffer(length);
      }
      held[i] = buffer;
      begin[i] = buffer.position();
      log.fill(buffer.limit(begin[i] + length), run.start);
      buffer.position(begin[i] + length);
    }
  }
}
