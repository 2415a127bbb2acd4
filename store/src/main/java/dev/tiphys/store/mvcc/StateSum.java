package dev.tiphys.store.mvcc;

import dev.tiphys.store.disk.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import java.util.zip.CRC32C;

/**
 * The checksum that etcd takes of a history (HashKV): CRC32C over the name of its table and, in
 * order, each record that can still be asked for, under the key that etcd files it by. So members
 * of both kinds that hold the same answer the same. Without numbers, what a record is the how
 * manieth of its revision does not count: of what the first format wrote, it depends on the format
 * that each member had then. For one thread.
 */
final class StateSum {
  private static final int REVISION = 17;

  /** Records between two looks at whether the sum is still wanted. */
  private static final int STRETCH = 256;

  private final KeyIndex index;
  private final long compacted;
  private final long to;
  private final StateHash.Wanted wanted;

  /** As of when a record must be its key's state. */
  private final long keptAt;

  private final CRC32C crc = new CRC32C();
  private final ByteBuffer id = ByteBuffer.allocate(REVISION + 1);
  private final Filing filing = new Filing();
  private int seen;

  /**
   * Begins.
   *
   * @param compacted what was compacted by then does not count, done already or not
   * @param to the last revision that counts
   */
  StateSum(KeyIndex index, long compacted, long to, StateHash.Wanted wanted) {
    this.index = index;
    this.wanted = wanted;
    this.compacted = compacted;
    this.to = to;
    boolean any = false;
    for (var history : index.all()) {
      goOn();
      if (history.existsAt(to)) {
        any = true;
        break;
      }
    }
    // Where no key is left at all, etcd leaves nothing out.
    this.keptAt = any ? to : compacted;
    crc.update("key".getBytes(StandardCharsets.US_ASCII));
  }

  /** The next record of the log. */
  void add(Frame frame, long place) throws IOException {
    goOn();
    if (frame.kind() == Frame.Kind.SYSTEM) {
      return;
    }
    var heading = Records.Heading.parse(frame.payload().duplicate());
    long at = heading.modRevision();
    if (at > to || (at <= compacted && !isKept(heading.key(), frame, place))) {
      return;
    }
    int number = wanted.numbered() ? filing.number(frame, at) : 0;
    boolean deleted = frame.kind() == Frame.Kind.DELETE;
    id.clear().putLong(at).put((byte) '_').putLong(number).put((byte) 't');
    crc.update(id.array(), 0, deleted ? REVISION + 1 : REVISION);
    crc.update(Filing.value(frame, heading));
  }

  int value() {
    return (int) crc.getValue();
  }

  /**
   * Lets others work now and then, for a virtual thread is not made to; and ends with its asker.
   */
  private void goOn() {
    if (++seen % STRETCH != 0) {
      return;
    }
    if (wanted.unwanted().getAsBoolean() || Thread.currentThread().isInterrupted()) {
      throw new CancellationException("nobody waits for this checksum any more");
    }
    Thread.yield();
  }

  /** Of what is compacted, that counts which is still a key's state, and no deletion. */
  private boolean isKept(byte[] key, Frame frame, long place) {
    if (frame.kind() == Frame.Kind.DELETE) {
      return false;
    }
    var history = index.get(key);
    var kept = history == null ? null : history.at(keptAt);
    return kept != null && kept.place() == place;
  }
}
