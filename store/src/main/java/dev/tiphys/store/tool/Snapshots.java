package dev.tiphys.store.tool;

import dev.tiphys.store.bolt.EtcdSnapshot;
import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.DirectoryLock;
import dev.tiphys.store.disk.Folder;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.disk.SnapshotFile;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.SnapshotRequest;
import io.grpc.Channel;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Snapshot files: of etcd's format, as this store's members give them too, and of the store's own,
 * as members of earlier releases gave them. They are told apart by how they begin.
 */
final class Snapshots {
  private Snapshots() {}

  /** What a snapshot holds. */
  record Contents(String format, long revision, long compacted, long records, long bytes) {
    @Override
    public String toString() {
      return "format=%s revision=%d compacted=%d records=%s bytes=%d"
          .formatted(format, revision, compacted, records < 0 ? "-" : records, bytes);
    }
  }

  /** Fetches a snapshot from a running member, and checks it. */
  static Contents save(Connection connection, Path file) throws IOException, InterruptedException {
    try (var open = connection.open()) {
      fetch(open.channel(), file.toAbsolutePath());
    }
    return status(file);
  }

  /** Fetches a snapshot from a running member; the file appears when it is whole. */
  static void fetch(Channel channel, Path file) throws IOException {
    var draft = file.resolveSibling(file.getFileName() + ".part");
    try (var out =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var parts =
          MaintenanceGrpc.newBlockingStub(channel).snapshot(SnapshotRequest.getDefaultInstance());
      while (parts.hasNext()) {
        var bytes = parts.next().getBlob().asReadOnlyByteBuffer();
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
      out.force(true);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(draft);
      throw e;
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Reads and checks a whole file. */
  static Contents status(Path file) throws IOException {
    if (isOurs(file)) {
      var status = new SnapshotFile(file).status();
      return new Contents("tiphys", status.revision(), status.compacted(), -1, status.bytes());
    }
    var status = EtcdSnapshot.check(file);
    return new Contents(
        "etcd", status.revision(), status.compacted(), status.records(), status.bytes());
  }

  /** Makes the data directory of the first member of a new cluster. */
  static Contents restore(Path file, Path dataDir) throws IOException {
    needNewDirectory(dataDir);
    var contents = status(file); // all of it is right before anything is written
    try (var _ = ownNewDirectory(dataDir)) {
      restore(file, new DirectoryDisk(dataDir));
    }
    return contents;
  }

  private static void restore(Path file, Folder data) throws IOException {
    var disk = data.within("log");
    data.syncDirectory();
    if (isOurs(file)) {
      new SnapshotFile(file).restore(disk);
      return;
    }
    EtcdRestore.restore(file, disk, RevisionLog.Limits.DEFAULT);
  }

  /**
   * Makes a directory that holds nothing yet one's own.
   *
   * @throws IOException when it holds something, or somebody else works there
   */
  static DirectoryLock ownNewDirectory(Path dataDir) throws IOException {
    var lock = DirectoryLock.own(dataDir);
    try {
      needNewDirectory(dataDir);
      return lock;
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /** Refuses a directory that holds something. */
  static void needNewDirectory(Path dataDir) throws IOException {
    if (Files.exists(dataDir)) {
      try (var files = Files.list(dataDir)) {
        if (files.anyMatch(f -> !f.endsWith(DirectoryLock.FILE))) {
          throw new IOException(dataDir + " is not empty; give a directory that is not there yet");
        }
      }
    }
  }

  private static boolean isOurs(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(8), "TIPHYSSN".getBytes(StandardCharsets.US_ASCII));
    }
  }
}
