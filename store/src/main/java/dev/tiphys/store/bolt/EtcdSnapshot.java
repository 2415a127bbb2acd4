package dev.tiphys.store.bolt;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.tiphys.store.record.AuthRecord;
import dev.tiphys.store.record.Checkpoint;
import dev.tiphys.store.record.LeaseRecord;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.Role;
import dev.tiphys.store.rpc.User;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The state of an etcd in a file: what {@code etcdctl snapshot save} writes, or {@code
 * member/snap/db} of a stopped member. The buckets:
 *
 * <pre>
 *   key: revision (i64 main, '_', i64 sub, big-endian; 't' after it: a deletion) to KeyValue
 *   meta: scheduledCompactRev, finishedCompactRev: a revision
 *   lease: i64 id, big-endian, to {1: id, 2: seconds to live}
 *   auth: authEnabled: a byte; authRevision: u64, big-endian
 *   authUsers, authRoles: name to User, Role
 * </pre>
 */
public final class EtcdSnapshot {
  private static final int REVISION = 17;
  private static final byte DELETION = 't';
  private static final String COMPACTION_SCHEDULED = "scheduledCompactRev";
  private static final String COMPACTION_FINISHED = "finishedCompactRev";

  private EtcdSnapshot() {}

  /** Takes every record of a key, in the order in which they happened. */
  public interface Taker {
    /**
     * A key was written.
     *
     * @param number the how manieth record of its revision it is, from 0
     */
    void put(KeyValue record, int number) throws IOException;

    /** A key was deleted; as {@link #put}. */
    void delete(ByteString key, long revision, int number) throws IOException;
  }

  /**
   * Reads a file.
   *
   * @return the state besides keys, with the newest revision
   * @throws IOException when it is no database of an etcd, or damaged
   */
  public static Checkpoint.Builder read(Path file, Taker taker) throws IOException {
    var state = Checkpoint.newBuilder().setRevision(1);
    try (var database = new BoltFile(file)) {
      database.forEach("meta", (key, value) -> meta(state, text(key), value));
      database.forEach("key", (key, value) -> record(state, key, value, taker));
      state.setRevision(Math.max(state.getRevision(), state.getCompacted()));
      database.forEach("lease", (_, value) -> state.addLeases(lease(value)));
      var rules = AuthRecord.newBuilder();
      database.forEach("auth", (key, value) -> auth(rules, text(key), value));
      database.forEach("authUsers", (_, value) -> rules.addUsers(User.parseFrom(value)));
      database.forEach("authRoles", (_, value) -> rules.addRoles(Role.parseFrom(value)));
      if (rules.getEnabled() || rules.getUsersCount() + rules.getRolesCount() > 0) {
        state.setAuth(rules);
      }
    }
    return state;
  }

  /** Writes a file. Records must come in the order in which they happened. Not thread-safe. */
  public static final class Writer implements Taker, Closeable {
    private final BoltWriter database;
    private long revision;
    private int last;

    /** Makes the file anew. */
    public Writer(Path file) throws IOException {
      database = new BoltWriter(file);
      database.begin("key");
    }

    @Override
    public void put(KeyValue record, int number) throws IOException {
      database.put(next(record.getModRevision(), number, false), record.toByteArray());
    }

    @Override
    public void delete(ByteString key, long at, int number) throws IOException {
      database.put(next(at, number, true), KeyValue.newBuilder().setKey(key).build().toByteArray());
    }

    /** Adds the state besides keys; the file is whole after it. */
    public void finish(Checkpoint state) throws IOException {
      database.begin("meta");
      database.put(bytes("consistent_index"), ByteBuffer.allocate(8).putLong(1).array());
      if (state.getCompacted() > 0) {
        // Not finished: the etcd that opens it drops what our log still holds of before.
        database.put(bytes(COMPACTION_SCHEDULED), revision(state.getCompacted(), 0, false));
      }
      database.begin("lease");
      for (var lease : state.getLeasesList()) {
        database.put(ByteBuffer.allocate(8).putLong(lease.getId()).array(), bytes(lease));
      }
      auth(state.getAuth());
      for (var empty : new String[] {"alarm", "cluster", "members", "members_removed"}) {
        database.begin(empty);
      }
      database.finish();
    }

    private void auth(AuthRecord rules) throws IOException {
      database.begin("auth");
      database.put(bytes("authEnabled"), new byte[] {(byte) (rules.getEnabled() ? 1 : 0)});
      database.put(
          bytes("authRevision"),
          ByteBuffer.allocate(8).putLong(Math.max(1, rules.getRevision())).array());
      database.begin("authRoles");
      for (var role : rules.getRolesList()) {
        database.put(role.getName().toByteArray(), role.toByteArray());
      }
      database.begin("authUsers");
      for (var user : rules.getUsersList()) {
        database.put(user.getName().toByteArray(), user.toByteArray());
      }
    }

    /** Logs of the first format do not tell numbers; then it is the order that they come in. */
    private byte[] next(long at, int number, boolean deletion) {
      last = at == revision ? Math.max(last + 1, number) : number;
      revision = at;
      return revision(at, last, deletion);
    }

    @Override
    public void close() throws IOException {
      database.close();
    }
  }

  private static void meta(Checkpoint.Builder state, String name, ByteBuffer value) {
    if (name.equals(COMPACTION_SCHEDULED) || name.equals(COMPACTION_FINISHED)) {
      state.setCompacted(Math.max(state.getCompacted(), value.order(BIG).getLong(0)));
    }
  }

  private static void record(
      Checkpoint.Builder state, ByteBuffer key, ByteBuffer value, Taker taker) throws IOException {
    long revision = key.order(BIG).getLong(0);
    state.setRevision(Math.max(state.getRevision(), revision));
    int number = (int) key.getLong(Long.BYTES + 1);
    var record = KeyValue.parseFrom(value);
    if (key.limit() > REVISION && key.get(REVISION) == DELETION) {
      taker.delete(record.getKey(), revision, number);
    } else {
      taker.put(record, number);
    }
  }

  private static LeaseRecord lease(ByteBuffer value) throws IOException {
    var lease = LeaseRecord.newBuilder();
    var in = CodedInputStream.newInstance(value);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> lease.setId(in.readInt64());
        case 2 -> lease.setTtlSeconds(in.readInt64());
        default -> in.skipField(tag);
      }
    }
    return lease.build();
  }

  private static byte[] bytes(LeaseRecord lease) throws IOException {
    byte[] bytes =
        new byte
            [CodedOutputStream.computeInt64Size(1, lease.getId())
                + CodedOutputStream.computeInt64Size(2, lease.getTtlSeconds())];
    var out = CodedOutputStream.newInstance(bytes);
    out.writeInt64(1, lease.getId());
    out.writeInt64(2, lease.getTtlSeconds());
    return bytes;
  }

  private static void auth(AuthRecord.Builder rules, String name, ByteBuffer value) {
    switch (name) {
      case "authEnabled" -> rules.setEnabled(value.limit() > 0 && value.get(0) == 1);
      case "authRevision" -> rules.setRevision(value.order(BIG).getLong(0));
      default -> {}
    }
  }

  private static final java.nio.ByteOrder BIG = java.nio.ByteOrder.BIG_ENDIAN;

  private static byte[] revision(long main, long sub, boolean deletion) {
    var bytes = ByteBuffer.allocate(deletion ? REVISION + 1 : REVISION);
    bytes.putLong(main).put((byte) '_').putLong(sub);
    if (deletion) {
      bytes.put(DELETION);
    }
    return bytes.array();
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
