package dev.tiphys.store.bolt;

import com.google.protobuf.CodedOutputStream;
import dev.tiphys.store.record.AuthRecord;
import dev.tiphys.store.record.Checkpoint;
import dev.tiphys.store.record.LeaseRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Gives a state as an etcd gives its own on the wire: a database as {@link EtcdSnapshot} has it, of
 * the layout that etcd 3.5 writes and 3.4 reads, and its SHA-256. Members are left out, for whoever
 * restores it names new ones. Memory does not grow with the state.
 */
public final class SnapshotStream {
  private static final int CHUNK = 64 << 10;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Checkpoint state;
  private final Source source;

  /** Takes one record after the other. */
  @FunctionalInterface
  public interface Records {
    /**
     * A key was written or deleted.
     *
     * @param number the how manieth record of its revision it is, from 0
     * @param value {@code mvccpb.KeyValue}, of a deletion with the key only; read during the call
     */
    void record(long revision, int number, boolean deletion, ByteBuffer value)
        throws IOException, InterruptedException;
  }

  /** Where records come from. */
  @FunctionalInterface
  public interface Source {
    /** Shows all records in the order in which they happened; asked twice, for the same. */
    void show(Records records) throws IOException, InterruptedException;
  }

  /** Takes the bytes, in order; each array is the taker's. */
  @FunctionalInterface
  public interface Taker {
    /** The next bytes, and how many of the database come after them; the sum comes last. */
    void take(byte[] bytes, long remaining) throws IOException, InterruptedException;
  }

  /** Takes the state besides keys, and where its records come from. */
  public SnapshotStream(Checkpoint state, Source source) {
    this.state = state;
    this.source = source;
  }

  /**
   * Gives all bytes.
   *
   * @throws IOException also when the source shows something else the second time
   */
  public void give(Taker taker) throws IOException, InterruptedException {
    var output = new Output(taker);
    BoltWriter.write(this::content, output);
    output.end();
  }

  private void content(BoltWriter database) throws IOException, InterruptedException {
    database.begin("key");
    source.show((revision, number, deletion, value) ->
        database.put(revision(revision, number, deletion), value));
    bucket(database, "meta", meta());
    var leases = sorted();
    for (var lease : state.getLeasesList()) {
      leases.put(number(lease.getId()), bytes(lease));
    }
    bucket(database, "lease", leases);
    var alarms = sorted();
    state.getAlarmsList().forEach(alarm -> alarms.put(alarm.toByteArray(), new byte[0]));
    bucket(database, "alarm", alarms);
    auth(database, state.getAuth());
    for (var empty : new String[] {"cluster", "members", "members_removed"}) {
      database.begin(empty);
    }
  }

  /**
   * Entries are counted anew by whoever begins with this, as if it were the first one's outcome.
   */
  private Map<byte[], byte[]> meta() {
    var meta = sorted();
    meta.put(bytes("consistent_index"), number(1));
    meta.put(bytes("term"), number(1));
    var voters =
        state.getMembersList().stream()
            .filter(member -> !member.getLearner())
            .map(member -> Long.toUnsignedString(member.getId()))
            .collect(Collectors.joining(","));
    meta.put(bytes("confState"), bytes("{\"voters\":[" + voters + "],\"auto_leave\":false}"));
    if (state.getCompacted() > 0) {
      byte[] compacted = revision(state.getCompacted(), 0, false);
      meta.put(bytes(EtcdSnapshot.COMPACTION_SCHEDULED), compacted);
      meta.put(bytes(EtcdSnapshot.COMPACTION_FINISHED), compacted);
    }
    return meta;
  }

  private static void auth(BoltWriter database, AuthRecord rules)
      throws IOException, InterruptedException {
    var auth = sorted();
    auth.put(bytes("authEnabled"), new byte[] {(byte) (rules.getEnabled() ? 1 : 0)});
    auth.put(bytes("authRevision"), number(Math.max(1, rules.getRevision())));
    bucket(database, "auth", auth);
    var roles = sorted();
    rules
        .getRolesList()
        .forEach(role -> roles.put(role.getName().toByteArray(), role.toByteArray()));
    bucket(database, "authRoles", roles);
    var users = sorted();
    rules
        .getUsersList()
        .forEach(user -> users.put(user.getName().toByteArray(), user.toByteArray()));
    bucket(database, "authUsers", users);
  }

  private static Map<byte[], byte[]> sorted() {
    return new TreeMap<>(Arrays::compareUnsigned);
  }

  private static void bucket(BoltWriter database, String name, Map<byte[], byte[]> pairs)
      throws IOException, InterruptedException {
    database.begin(name);
    for (var pair : pairs.entrySet()) {
      database.put(pair.getKey(), ByteBuffer.wrap(pair.getValue()));
    }
  }

  private static byte[] revision(long main, long sub, boolean deletion) {
    var bytes = ByteBuffer.allocate(EtcdSnapshot.REVISION + (deletion ? 1 : 0));
    bytes.putLong(main).put((byte) '_').putLong(sub);
    if (deletion) {
      bytes.put(EtcdSnapshot.DELETION);
    }
    return bytes.array();
  }

  private static byte[] bytes(LeaseRecord lease) {
    byte[] bytes =
        new byte
            [CodedOutputStream.computeInt64Size(1, lease.getId())
                + CodedOutputStream.computeInt64Size(2, lease.getTtlSeconds())];
    var out = CodedOutputStream.newInstance(ByteBuffer.wrap(bytes));
    try {
      out.writeInt64(1, lease.getId());
      out.writeInt64(2, lease.getTtlSeconds());
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException("there is room for it", e);
    }
    return bytes;
  }

  private static byte[] number(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Cuts what comes into messages, and sums it up. */
  private static final class Output implements BoltWriter.Sink {
    private final Taker taker;
    private final MessageDigest digest = EtcdSnapshot.sha256();
    private ByteBuffer chunk = NOTHING;
    private long remaining;

    Output(Taker taker) {
      this.taker = taker;
    }

    @Override
    public void begin(long bytes) {
      remaining = bytes;
      chunk = next();
    }

    @Override
    public void take(ByteBuffer bytes) throws IOException, InterruptedException {
      var left = bytes.duplicate();
      while (left.hasRemaining()) {
        int count = Math.min(left.remaining(), chunk.remaining());
        chunk.put(left.slice(left.position(), count));
        left.position(left.position() + count);
        if (!chunk.hasRemaining()) {
          send();
        }
      }
    }

    void end() throws IOException, InterruptedException {
      taker.take(digest.digest(), 0);
    }

    private void send() throws IOException, InterruptedException {
      byte[] bytes = chunk.array();
      digest.update(bytes);
      remaining -= bytes.length;
      chunk = next();
      taker.take(bytes, remaining);
    }

    private ByteBuffer next() {
      return ByteBuffer.allocate((int) Math.min(CHUNK, remaining));
    }
  }
}
