package dev.tiphys.store.bench;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.SnapshotRequest;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Compacts away all history each second and takes one snapshot after the other, while something
 * else is measured: neither is to stop writes.
 */
final class Upkeep implements AutoCloseable {
  private static final long COMPACTION_MILLIS = 1000;

  private final Endpoints connections;
  private final Context.CancellableContext context = Context.current().withCancellation();
  private final Thread compacting;
  private final Thread snapshots;
  private volatile boolean closed;
  private final AtomicInteger compactions = new AtomicInteger();
  private final AtomicInteger taken = new AtomicInteger();

  Upkeep(Endpoints connections) {
    this.connections = connections;
    this.compacting = Thread.ofVirtual().start(this::compact);
    this.snapshots = Thread.ofVirtual().start(context.wrap(this::snapshot));
  }

  /** What was done. */
  String done() {
    return compactions + " compactions, " + taken + " snapshots";
  }

  private void compact() {
    var kv = KVGrpc.newBlockingStub(connections.channel(0));
    try {
      while (!closed) {
        TimeUnit.MILLISECONDS.sleep(COMPACTION_MILLIS);
        try {
          long revision =
              kv.range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("none")).build())
                  .getHeader()
                  .getRevision();
          kv.compact(CompactionRequest.newBuilder().setRevision(revision).build());
          compactions.incrementAndGet();
        } catch (StatusRuntimeException e) {
          closed |= compactions.get() == 0; // it never worked: the line says 0
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void snapshot() {
    var maintenance = MaintenanceGrpc.newBlockingStub(connections.channel(1));
    while (!closed) {
      try {
        maintenance.snapshot(SnapshotRequest.getDefaultInstance()).forEachRemaining(_ -> {});
        taken.incrementAndGet();
      } catch (StatusRuntimeException e) {
        return; // closed, or not to be had
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    compacting.interrupt();
    context.cancel(null);
    compacting.join();
    snapshots.join();
  }
}
