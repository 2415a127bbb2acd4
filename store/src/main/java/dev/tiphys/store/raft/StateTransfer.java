package dev.tiphys.store.raft;

import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.SnapshotFile;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.peer.PeerLinks;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over the whole state of another member, when the log between is gone. It is fetched into a
 * file, checked, unpacked beside the state in force, and then takes its place: a crash at any point
 * leaves the one or the other.
 */
public final class StateTransfer {
  private static final Logger log = LoggerFactory.getLogger(StateTransfer.class);
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private final Path directory;
  private final Machine machine;
  private final PeerLinks links;
  private final Executor threads;

  StateTransfer(Path directory, Machine machine, PeerLinks links, Executor threads) {
    this.directory = directory;
    this.machine = machine;
    this.links = links;
    this.threads = threads;
  }

  /**
   * The directory of the state in force, after what a crash left half done is finished or undone.
   *
   * @param directory the data directory
   */
  public static Disk settled(Path directory) throws IOException {
    var current = directory.resolve("log");
    if (!Files.exists(current) && Files.exists(directory.resolve("log.incoming/checkpoint"))) {
      Files.move(directory.resolve("log.incoming"), current, StandardCopyOption.ATOMIC_MOVE);
    }
    delete(directory.resolve("log.incoming"));
    delete(directory.resolve("log.replaced"));
    Files.deleteIfExists(directory.resolve("incoming.snapshot"));
    return new DirectoryDisk(current);
  }

  /** Fetches the state of the member at a peer URL; completes with the last entry that it has. */
  CompletableFuture<Machine.Applied> fetch(String url) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return fetchNow(url);
          } catch (IOException e) {
            log.warn("state not fetched from={} reason=\"{}\"", url, e.getMessage());
            throw new UncheckedIOException(e);
          } catch (StatusRuntimeException e) {
            log.warn("state not fetched from={} reason=\"{}\"", url, e.getStatus());
            throw e;
          }
        },
        threads);
  }

  private Machine.Applied fetchNow(String url) throws IOException {
    var file = directory.resolve("incoming.snapshot");
    try (var channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (var parts = links.snapshot(url, TIMEOUT); parts.hasNext(); ) {
        var part = ByteBuffer.wrap(parts.next().getData().toByteArray());
        while (part.hasRemaining()) {
          channel.write(part);
        }
      }
    }
    delete(incoming());
    var checkpoint = new SnapshotFile(file).install(new DirectoryDisk(incoming()));
    Files.delete(file);
    log.info("fetched state from={} revision={}", url, checkpoint.getRevision());
    return new Machine.Applied(checkpoint.getTerm(), checkpoint.getIndex());
  }

  /** Leaves the state in force for the one that was fetched. */
  void install() throws IOException {
    machine.replace(() -> {
      var current = directory.resolve("log");
      var replaced = directory.resolve("log.replaced");
      Files.move(current, replaced, StandardCopyOption.ATOMIC_MOVE);
      Files.move(incoming(), current, StandardCopyOption.ATOMIC_MOVE);
      new DirectoryDisk(directory).syncDirectory();
      delete(replaced);
      return new DirectoryDisk(current);
    });
  }

  private Path incoming() {
    return directory.resolve("log.incoming");
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (var paths = Files.walk(tree)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
