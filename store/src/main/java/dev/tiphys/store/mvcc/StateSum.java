package dev.tiphys.store.mvcc;

import com.google.protobuf.CodedOutputStream;
import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.rpc.KeyValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The checksum that etcd takes of a history (HashKV): CRC32C over the name of its table and, in
 * order, each record that can still be asked for, under the key that etcd files it by. So members
 * of both kinds that hold the same answer the same. For one thread.
 */
final class StateSum {
  private static final int REVISION = 17;

  private final KeyIndex index;
  private final long compacted;
  private final long to;

  /** As of when a record must be its key's state. */
  private final long keptAt;

  private final CRC32C crc = new CRC32C();
  private final ByteBuffer id = ByteBuffer.allocate(REVISION + 1);
  private long revision;
  private int number;

  /**
   * Begins.
   *
   * @param compacted the last compaction
   * @param to the last revision that counts
   */
  StateSum(KeyIndex index, long compacted, long to) {
    this.index = index;
    this.compacted = compacted;
    this.to = to;
    boolean any = false;
    for (var history : index.all()) {
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
    if (frame.kind() == Frame.Kind.SYSTEM) {
      return;
    }
    var heading = Records.Heading.parse(frame.payload().duplicate());
    long at = heading.modRevision();
    if (at > to || (at <= compacted && !isKept(heading.key(), frame, place))) {
      return;
    }
    // Logs of the first format do not tell numbers; then it is the order that they came in.
    number = at == revision ? Math.max(number + 1, frame.number()) : frame.number();
    revision = at;
    boolean deleted = frame.kind() == Frame.Kind.DELETE;
    id.clear().putLong(at).put((byte) '_').putLong(number).put((byte) 't');
    crc.update(id.array(), 0, deleted ? REVISION + 1 : REVISION);
    if (deleted) {
      crc.update(onlyKey(heading.key()));
    } else {
      crc.update(frame.payload().duplicate());
    }
  }

  int value() {
    return (int) crc.getValue();
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

  /** etcd keeps a deletion's revision in its name only. */
  private static byte[] onlyKey(byte[] key) throws IOException {
    byte[] bytes = new byte[CodedOutputStream.computeByteArraySize(KeyValue.KEY_FIELD_NUMBER, key)];
    CodedOutputStream.newInstance(bytes).writeByteArray(KeyValue.KEY_FIELD_NUMBER, key);
    return bytes;
  }
}
