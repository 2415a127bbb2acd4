package dev.tiphys.store.disk;

import dev.tiphys.store.record.Checkpoint;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A file with a {@link LogSnapshot}. */
public final class SnapshotFile {
  private static final int CHUNK = 64 << 10;

  private final Path file;

  /**
   * What a snapshot holds.
   *
   * @param revision the newest revision
   * @param compacted the last compaction; 0: none
   * @param bytes the size of the file
   */
  public record Status(long revision, long compacted, long bytes) {}

  /** Takes a file. */
  public SnapshotFile(Path file) {
    this.file = file;
  }

  /**
   * Reads the whole file and checks it: its sum, and the checksum of every record, which may have
   * been damaged before the snapshot was taken.
   *
   * @throws IOException when it is no snapshot, or not whole
   */
  public Status status() throws IOException {
    var checkpoint = copy(null);
    return new Status(checkpoint.getRevision(), checkpoint.getCompacted(), Files.size(file));
  }

  /**
   * Writes the log that the snapshot holds into an empty directory. It belongs to no cluster yet:
   * the first member that opens it begins one.
   */
  public Status restore(Disk into) throws IOException {
    status(); // all of it is right before anything is written
    var checkpoint = copy(into);
    into.syncDirectory();
    new CheckpointFile(into).write(CheckpointFile.ofNoCluster(checkpoint));
    return new Status(checkpoint.getRevision(), checkpoint.getCompacted(), Files.size(file));
  }

  /**
   * Writes the log that the snapshot holds into an empty directory, as the state of a member of the
   * cluster that it was taken from.
   */
  public Checkpoint install(Disk into) throws IOException {
    var checkpoint = copy(into);
    into.syncDirectory();
    new CheckpointFile(into).write(checkpoint);
    return checkpoint;
  }

  private Checkpoint copy(@Nullable Disk into) throws IOException {
    var digest = LogSnapshot.sha256();
    try (var raw = Files.newInputStream(file);
        var in = new DataInputStream(new DigestInputStream(raw, digest))) {
      if (in.readLong() != LogSnapshot.MAGIC) {
        throw new IOException(file + " is not a snapshot of this store");
      }
      int format = in.readInt();
      if (format != LogSnapshot.FORMAT) {
        throw new IOException(
            file
                + ": format "
                + format
                + " is not known; this release reads "
                + LogSnapshot.FORMAT);
      }
      long read = 12;
      Checkpoint checkpoint = null;
      while (true) {
        int nameLength = in.readUnsignedShort();
        read += 2;
        if (nameLength == 0) {
          break;
        }
        var name = new String(in.readNBytes(nameLength), StandardCharsets.US_ASCII);
        long length = in.readLong();
        read += nameLength + 8 + length;
        if (checkpoint == null) {
          checkpoint = CheckpointFile.parse(ByteBuffer.wrap(in.readNBytes((int) length)));
        } else {
          segment(in, name, length, into);
        }
      }
      in.readNBytes((int) (Math.ceilDiv(read, LogSnapshot.BLOCK) * LogSnapshot.BLOCK - read));
      byte[] sum = digest.digest();
      if (checkpoint == null || !Arrays.equals(sum, raw.readNBytes(sum.length))) {
        throw new IOException(file + ": its checksum does not match; it is damaged or cut short");
      }
      return checkpoint;
    }
  }

  private void segment(InputStream in, String name, long length, @Nullable Disk into)
      throws IOException {
    if (Segment.Name.parse(name) == null) {
      throw new IOException(file + ": holds a file \"" + name + "\" that no snapshot has");
    }
    var check =
        new FrameCheck(
            RevisionLog.Limits.DEFAULT.maxFrameBytes(),
            (offset, damage) ->
                new IOException(
                    file
                        + ": "
                        + damage
                        + " in "
                        + name
                        + " at offset "
                        + offset
                        + ". The file was damaged, or the member that it was taken from; use"
                        + " another snapshot"));
    if (into == null) {
      copy(in, length, (bytes, _) -> check.take(bytes));
      check.end();
      return;
    }
    try (var target = into.open(name)) {
      copy(
          in,
          length,
          (bytes, at) -> {
            check.take(bytes.duplicate());
            target.write(bytes, at);
          });
      target.sync();
    }
    check.end();
  }

  @FunctionalInterface
  private interface Target {
    void write(ByteBuffer bytes, long position) throws IOException;
  }

  /** Reads every byte, for the checksum counts only what is read. */
  private void copy(InputStream in, long length, Target target) throws IOException {
    for (long at = 0; at < length; ) {
      byte[] chunk = in.readNBytes((int) Math.min(CHUNK, length - at));
      if (chunk.length == 0) {
        throw new IOException(file + ": is cut short");
      }
      target.write(ByteBuffer.wrap(chunk), at);
      at += chunk.length;
    }
  }
}
