package dev.tiphys.store.bolt;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.tiphys.store.record.AuthRecord;
import dev.tiphys.store.record.Checkpoint;
import dev.tiphys.store.record.LeaseRecord;
import dev.tiphys.store.rpc.AlarmMember;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.Role;
import dev.tiphys.store.rpc.User;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The state of an etcd in a file: what {@code etcdctl snapshot save} writes, of an etcd or of this
 * store, or {@code member/snap/db} of a stopped etcd. The buckets:
 *
 * <pre>
 *   key: revision (i64 main, '_', i64 sub, big-endian; 't' after it: a deletion) to KeyValue
 *   meta: scheduledCompactRev, finishedCompactRev: a revision
 *   lease: i64 id, big-endian, to {1: id, 2: seconds to live}
 *   alarm: AlarmMember to nothing
 *   auth: authEnabled: a byte; authRevision: u64, big-endian
 *   authUsers, authRoles: name to User, Role
 * </pre>
 *
 * <p>The database is followed by its SHA-256, unless the file was copied from a stopped member.
 */
public final class EtcdSnapshot {
  static final int REVISION = 17;
  static final byte DELETION = 't';
  static final String COMPACTION_SCHEDULED = "scheduledCompactRev";
  static final String COMPACTION_FINISHED = "finishedCompactRev";

  private static final ByteOrder BIG = ByteOrder.BIG_ENDIAN;
  private static final int SUM = 32;
  private static final int BLOCK = 512;
  private static final int CHUNK = 64 << 10;

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
   * What a file holds.
   *
   * @param revision the newest revision
   * @param compacted the last compaction; 0: none
   * @param records puts and deletions
   * @param bytes the size of the file
   */
  public record Status(long revision, long compacted, long records, long bytes) {}

  /**
   * Reads the whole file and checks it: its sum, if it has one, and that every record can be read.
   *
   * @throws IOException when it is no database of an etcd, damaged or cut short
   */
  public static Status check(Path file) throws IOException {
    checkSum(file);
    var count = new Count();
    var state = read(file, count);
    return new Status(state.getRevision(), state.getCompacted(), count.records, Files.size(file));
  }

  /**
   * Reads a file, but not its sum.
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
      database.forEach("alarm", (key, _) -> state.addAlarms(AlarmMember.parseFrom(key)));
      database.forEach("auth", (key, value) -> auth(rules, text(key), value));
      database.forEach("authUsers", (_, value) -> rules.addUsers(User.parseFrom(value)));
      database.forEach("authRoles", (_, value) -> rules.addRoles(Role.parseFrom(value)));
      if (rules.getEnabled() || rules.getUsersCount() + rules.getRolesCount() > 0) {
        state.setAuth(rules);
      }
    }
    return state;
  }

  private static final class Count implements Taker {
    private long records;

    @Override
    public void put(KeyValue record, int number) {
      records++;
    }

    @Override
    public void delete(ByteString key, long revision, int number) {
      records++;
    }
  }

  /** A database that was copied from a stopped member has no sum at its end. */
  private static void checkSum(Path file) throws IOException {
    long size = Files.size(file);
    if (size % BLOCK != SUM) {
      return;
    }
    var digest = sha256();
    try (var in = Files.newInputStream(file)) {
      byte[] chunk = new byte[CHUNK];
      for (long left = size - SUM; left > 0; ) {
        int read = in.read(chunk, 0, (int) Math.min(chunk.length, left));
        if (read < 0) {
          throw new IOException(file + ": became shorter while it was read");
        }
        digest.update(chunk, 0, read);
        left -= read;
      }
      if (!Arrays.equals(digest.digest(), in.readNBytes(SUM))) {
        throw new IOException(file + ": its checksum does not match; it is damaged or cut short");
      }
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
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

  private static void auth(AuthRecord.Builder rules, String name, ByteBuffer value) {
    switch (name) {
      case "authEnabled" -> rules.setEnabled(value.limit() > 0 && value.get(0) == 1);
      case "authRevision" -> rules.setRevision(value.order(BIG).getLong(0));
      default -> {}
    }
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }
}
