package dev.tiphys.store.chaos;

import dev.tiphys.store.bolt.EtcdSnapshot;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.SnapshotRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What is done to a store all the time, and must not be noticed: history is compacted as far as
 * nobody watches it any more, and snapshots are taken and checked, at whatever member.
 */
final class Housework {
  private static final long COMPACTION_MILLIS = 100;
  private static final long SNAPSHOT_MILLIS = 300;
  private static final long DEADLINE_SECONDS = 10;
  private static final long LAST_SECONDS = 60;

  private final Cluster cluster;
  private final Path directory;
  private final LongSupplier unwatched;
  private final AtomicLong compacted = new AtomicLong();
  private final AtomicInteger compactions = new AtomicInteger();
  private final AtomicInteger snapshots = new AtomicInteger();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  /** Takes where snapshots may lie for a moment, and up to which revision history is not needed. */
  Housework(Cluster cluster, Path directory, LongSupplier unwatched) {
    this.cluster = cluster;
    this.directory = directory;
    this.unwatched = unwatched;
  }

  /** Compacts until {@link #stop}. */
  void compact(Random random) throws InterruptedException {
    while (!stopped) {
      TimeUnit.MILLISECONDS.sleep(COMPACTION_MILLIS);
      compactAt(random.nextInt(Cluster.SIZE));
    }
  }

  /** Takes snapshots until {@link #stop}. */
  void save(Random random) throws InterruptedException, IOException {
    while (!stopped) {
      TimeUnit.MILLISECONDS.sleep(SNAPSHOT_MILLIS);
      saveFrom(random.nextInt(Cluster.SIZE));
    }
  }

  void stop() {
    stopped = true;
  }

  /** Once more of each, when all members are well: a run too short to see any is none. */
  void last() throws InterruptedException, IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LAST_SECONDS);
    for (int tries = 0; !compactAt(tries % Cluster.SIZE); tries++) {
      if (System.nanoTime() - deadline > 0) {
        faults.add("history cannot be compacted");
        return;
      }
      TimeUnit.MILLISECONDS.sleep(COMPACTION_MILLIS);
    }
    for (int member = 0; member < Cluster.SIZE; member++) {
      if (!saveFrom(member)) {
        faults.add("m" + member + " gives no snapshot");
      }
    }
  }

  /** As far as history may be compacted. */
  long compacted() {
    return compacted.get();
  }

  /** How often history was compacted. */
  int compactions() {
    return compactions.get();
  }

  /** How many snapshots were taken whole. */
  int snapshots() {
    return snapshots.get();
  }

  /** What was wrong. */
  Collection<String> faults() {
    return List.copyOf(faults);
  }

  /** Returns true when that was answered. */
  private boolean compactAt(int member) {
    long revision = unwatched.getAsLong();
    if (revision <= compacted.get()) {
      return false;
    }
    compacted.set(revision); // what is not answered may happen all the same
    try {
      KVGrpc.newBlockingStub(cluster.channel(member))
          .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
          .compact(CompactionRequest.newBuilder().setRevision(revision).build());
      compactions.incrementAndGet();
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  /** Returns true when it came whole. */
  private boolean saveFrom(int member) throws IOException {
    var file = directory.resolve("snapshot.m" + member);
    try (var out = Files.newOutputStream(file)) {
      var parts =
          MaintenanceGrpc.newBlockingStub(cluster.channel(member))
              .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
              .snapshot(SnapshotRequest.getDefaultInstance());
      while (parts.hasNext()) {
        parts.next().getBlob().writeTo(out);
      }
    } catch (StatusRuntimeException e) {
      return false;
    }
    try {
      EtcdSnapshot.check(file);
      snapshots.incrementAndGet();
      return true;
    } catch (IOException e) {
      faults.add("m" + member + " gave a snapshot that is not whole: " + e.getMessage());
      return false;
    } finally {
      Files.delete(file);
    }
  }
}
