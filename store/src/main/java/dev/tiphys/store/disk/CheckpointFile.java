package dev.tiphys.store.disk;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tiphys.store.record.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The file that says up to where the log is synced, with the state that is not in the log before
 * that. Replaced whole: written beside, synced, renamed. Magic {@code TIPHYSCP}, u32 format, u32
 * length, u32 CRC32C of the payload, payload.
 */
public final class CheckpointFile {
  static final String NAME = "checkpoint";
  private static final String DRAFT = "checkpoint.tmp";
  private static final long MAGIC = 0x5449_5048_5953_4350L;
  private static final int FORMAT = 1;
  private static final int HEADER = 20;

  private final Disk disk;

  /** Takes the directory of the log. */
  public CheckpointFile(Disk disk) {
    this.disk = disk.impatient();
  }

  /** Replaces the checkpoint; durable on return. */
  public void write(Checkpoint checkpoint) throws IOException {
    var bytes = ByteBuffer.wrap(encode(checkpoint));
    try (var file = disk.open(DRAFT)) {
      file.truncate(0);
      file.write(bytes, 0);
      file.sync();
    }
    disk.rename(DRAFT, NAME);
    disk.syncDirectory();
  }

  /**
   * Reads the checkpoint; empty on a new disk.
   *
   * @throws CorruptLogException when it is damaged
   */
  public Optional<Checkpoint> read() throws IOException {
    if (!disk.list().contains(NAME)) {
      return Optional.empty();
    }
    try (var file = disk.open(NAME)) {
      var bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
      file.read(bytes, 0);
      return Optional.of(parse(bytes.flip()));
    }
  }

  /**
   * The same state, as the beginning of a cluster: entries are counted anew, nobody is a member.
   */
  public static Checkpoint ofNoCluster(Checkpoint checkpoint) {
    return checkpoint.toBuilder()
        .setTerm(0)
        .setIndex(-1)
        .clearMembers()
        .clearRemovedMembers()
        .build();
  }

  /** True for a state in which nothing was ever written, and that was not restored. */
  public static boolean isBlank(Checkpoint checkpoint) {
    return checkpoint.getIndex() < 0
        && checkpoint.getRevision() <= 1
        && checkpoint.getCompacted() == 0
        && checkpoint.getLeasesCount() == 0
        && checkpoint.getAlarmsCount() == 0
        && !checkpoint.hasAuth();
  }

  /** The bytes of the file. */
  static byte[] encode(Checkpoint checkpoint) {
    byte[] payload = checkpoint.toByteArray();
    var crc = new CRC32C();
    crc.update(payload);
    return ByteBuffer.allocate(HEADER + payload.length)
        .putLong(MAGIC)
        .putInt(FORMAT)
        .putInt(payload.length)
        .putInt((int) crc.getValue())
        .put(payload)
        .array();
  }

  /** Reads the bytes of the file. */
  static Checkpoint parse(ByteBuffer bytes) throws IOException {
    if (bytes.remaining() < HEADER || bytes.getLong() != MAGIC) {
      throw new CorruptLogException(NAME, "this is no checkpoint");
    }
    int format = bytes.getInt();
    if (format != FORMAT) {
      throw new IOException(
          NAME + ": format " + format + " is not known here; this release reads " + FORMAT);
    }
    int length = bytes.getInt();
    int checksum = bytes.getInt();
    var crc = new CRC32C();
    crc.update(bytes.duplicate());
    if (length != bytes.remaining() || checksum != (int) crc.getValue()) {
      throw new CorruptLogException(NAME, "its checksum does not match");
    }
    try {
      return Checkpoint.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(NAME + ": not readable: " + e.getMessage(), e);
    }
  }
}
