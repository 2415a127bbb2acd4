package dev.tiphys.store.raft;

import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.SnapshotFile;
import dev.tiphys.store.disk.StateSwap;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.peer.PeerLinks;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over the whole state of another member, when the log between is gone. It is fetched into a
 * file, checked, unpacked beside the state in force, and then takes its place. So it needs room for
 * the new state twice, beside the old one.
 */
final class StateTransfer {
  private static final Logger log = LoggerFactory.getLogger(StateTransfer.class);
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private final Path file;
  private final StateSwap swap;
  private final Machine machine;
  private final PeerLinks links;
  private final Executor threads;

  /** Takes the data directory. */
  StateTransfer(Path directory, Machine machine, PeerLinks links, Executor threads)
      throws IOException {
    this.file = directory.resolve("incoming.snapshot");
    this.swap = new StateSwap(new DirectoryDisk(directory));
    this.machine = machine;
    this.links = links;
    this.threads = threads;
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
    var checkpoint = swap.unpack(new SnapshotFile(file));
    Files.delete(file);
    log.info("fetched state from={} revision={}", url, checkpoint.getRevision());
    return new Machine.Applied(checkpoint.getTerm(), checkpoint.getIndex());
  }

  /** Leaves the state in force for the one that was fetched. */
  void install() throws IOException {
    machine.replace(swap::swap);
    swap.confirm();
  }
}
