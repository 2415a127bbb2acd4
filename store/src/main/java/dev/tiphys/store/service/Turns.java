package dev.tiphys.store.service;

import com.google.protobuf.ByteString;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.mvcc.WatchSession;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.Compare;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.Event;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrantResponse;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.ResponseHeader;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.rpc.TxnResponse;
import dev.tiphys.store.rpc.WatchCreateRequest;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waiting in line, with nothing but keys: each takes part by a key of its own below a common
 * prefix, bound to a lease; the one whose key was created first has the turn. Locks and elections
 * are made of it, with the same keys that etcd's clients make for themselves. Thread-safe.
 */
public final class Turns {
  private static final Logger log = LoggerFactory.getLogger(Turns.class);

  /** The lease of those who bring none: how long their turn lasts once their call is answered. */
  static final long OWN_LEASE_SECONDS = 60;

  private final Cluster cluster;
  private final WatchSession.Settings watches;
  private final LongSupplier randomId;
  private final Executor threads;

  /**
   * A place in the line.
   *
   * @param revision at which its key was created
   * @param found its key-value when it was there already
   */
  record Place(
      ByteString prefix,
      ByteString key,
      long lease,
      long revision,
      @Nullable KeyValue found,
      ResponseHeader header) {}

  /**
   * Takes the shared parts.
   *
   * @param randomId gives positive numbers for leases
   * @param threads keeps leases alive while their owners wait
   */
  public Turns(
      Cluster cluster, WatchSession.Settings watches, LongSupplier randomId, Executor threads) {
    this.cluster = cluster;
    this.watches = watches;
    this.randomId = randomId;
    this.threads = threads;
  }

  Cluster cluster() {
    return cluster;
  }

  /** Sends what the answer computes; refusals have etcd's texts, and no code, as it sends them. */
  static <T> void answer(StreamObserver<T> observer, Calls.Answer<T> answer) {
    Calls.answer(
        observer,
        () -> {
          try {
            return answer.get();
          } catch (StoreException e) {
            throw status(e);
          }
        });
  }

  static StatusRuntimeException status(Exception e) {
    return e instanceof StoreException refused
        ? Status.UNKNOWN.withDescription(refused.error().text()).asRuntimeException()
        : Errors.status(e);
  }

  /** What all keys of a name begin with. */
  static ByteString prefix(ByteString name) {
    return name.concat(ByteString.copyFromUtf8("/"));
  }

  /** Takes a place, or finds the one that the lease already has. */
  Place take(ByteString name, long givenLease, ByteString value) throws Exception {
    long lease = givenLease == 0 ? grant() : givenLease;
    var prefix = prefix(name);
    var key = prefix.concat(ByteString.copyFromUtf8(Long.toHexString(lease)));
    var get = RangeRequest.newBuilder().setKey(key);
    var response =
        txn(
            TxnRequest.newBuilder()
                .addCompare(created(key, 0))
                .addSuccess(
                    RequestOp.newBuilder()
                        .setRequestPut(
                            PutRequest.newBuilder().setKey(key).setValue(value).setLease(lease)))
                .addFailure(RequestOp.newBuilder().setRequestRange(get)));
    if (response.getSucceeded()) {
      long revision = response.getHeader().getRevision();
      return new Place(prefix, key, lease, revision, null, cluster.header(response.getHeader()));
    }
    var found = response.getResponses(0).getResponseRange().getKvs(0);
    var header = cluster.header(response.getHeader());
    return new Place(prefix, key, lease, found.getCreateRevision(), found, header);
  }

  /**
   * Waits until no key of the prefix is older; gives up the place when the caller leaves.
   *
   * @return the header as of when the turn came
   */
  ResponseHeader await(Place place, boolean ownLease) throws Exception {
    try (var _ = ownLease ? keepAlive(place.lease) : Alive.NOT_NEEDED) {
      while (true) {
        var older = newestBefore(place);
        if (older.getKvsCount() == 0) {
          return cluster.header(older.getHeader());
        }
        awaitDeletion(older.getKvs(0).getKey(), older.getHeader().getRevision());
      }
    } catch (Exception e) {
      leave(place);
      throw e;
    }
  }

  /** Deletes the key of a place if it is still the same one. */
  TxnResponse leave(ByteString key, long revision) throws InterruptedException {
    return txn(
        TxnRequest.newBuilder()
            .addCompare(created(key, revision))
            .addSuccess(
                RequestOp.newBuilder()
                    .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key))));
  }

  TxnResponse txn(TxnRequest.Builder txn) throws InterruptedException {
    return cluster.propose(Command.newBuilder().setTxn(txn), TxnResponse.class);
  }

  RangeResponse range(RangeRequest request) throws Exception {
    cluster.raft().awaitFresh();
    return cluster.access().range(request, () -> cluster.machine().range(request));
  }

  /** The key whose turn it is. */
  static RangeRequest.Builder oldest(ByteString prefix) {
    return below(prefix).setSortOrder(RangeRequest.SortOrder.ASCEND);
  }

  static Compare created(ByteString key, long revision) {
    return Compare.newBuilder()
        .setKey(key)
        .setTarget(Compare.CompareTarget.CREATE)
        .setCreateRevision(revision)
        .build();
  }

  /** Watches until the taker is done, or the caller of this call leaves. */
  void watch(WatchCreateRequest request, WatchSession.Sink sink)
      throws IOException, InterruptedException {
    var context = Context.current();
    var session = cluster.machine().watches().open(watches, sink);
    Context.CancellationListener gone = _ -> session.close();
    context.addListener(gone, Runnable::run);
    try {
      session.create(request);
      session.run();
    } finally {
      context.removeListener(gone);
    }
    if (context.isCancelled()) {
      throw Status.CANCELLED.asRuntimeException();
    }
  }

  /** What stops a {@link #watch} from within. */
  static final class Done extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Done() {
      super("done", null, false, false);
    }
  }

  private RangeResponse newestBefore(Place place) throws Exception {
    return range(
        below(place.prefix)
            .setSortOrder(RangeRequest.SortOrder.DESCEND)
            .setMaxCreateRevision(place.revision - 1)
            .build());
  }

  private static RangeRequest.Builder below(ByteString prefix) {
    return RangeRequest.newBuilder()
        .setKey(prefix)
        .setRangeEnd(after(prefix))
        .setSortTarget(RangeRequest.SortTarget.CREATE)
        .setLimit(1);
  }

  /** The first key that does not begin with a prefix that ends in a slash. */
  static ByteString after(ByteString prefix) {
    return prefix.substring(0, prefix.size() - 1).concat(ByteString.copyFromUtf8("0"));
  }

  private void awaitDeletion(ByteString key, long seen) throws IOException, InterruptedException {
    try {
      watch(
          WatchCreateRequest.newBuilder()
              .setKey(key)
              .setStartRevision(seen + 1)
              .addFilters(WatchCreateRequest.FilterType.NOPUT)
              .build(),
          response -> {
            boolean deleted =
                response.getEventsList().stream()
                    .anyMatch(e -> e.getType() == Event.EventType.DELETE);
            // Compacted meanwhile: look again at what is there.
            if (deleted || response.getCanceled()) {
              throw new Done();
            }
          });
    } catch (Done e) {
      return;
    }
    throw StoreError.STOPPED.exception();
  }

  private void leave(Place place) {
    Context.ROOT.run(() -> {
      try {
        var delete = DeleteRangeRequest.newBuilder().setKey(place.key);
        cluster.raft().propose(Command.newBuilder().setDeleteRange(delete).build());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the lease ends it
      }
    });
  }

  private long grant() throws InterruptedException {
    var request =
        LeaseGrantRequest.newBuilder().setID(randomId.getAsLong()).setTTL(OWN_LEASE_SECONDS);
    var granted =
        cluster.propose(Command.newBuilder().setLeaseGrant(request), LeaseGrantResponse.class);
    return granted.getID();
  }

  private void keepAliveOnce(long lease) throws InterruptedException {
    try {
      cluster.raft().keepAlive(lease);
    } catch (StoreException e) {
      // No leader just now: the next time comes before the lease ends.
      log.debug("lease not kept alive id={} reason={}", Long.toHexString(lease), e.getMessage());
    }
  }

  private Alive keepAlive(long lease) {
    var done = new CountDownLatch(1);
    threads.execute(() -> {
      try {
        while (!done.await(OWN_LEASE_SECONDS / 3, TimeUnit.SECONDS)) {
          keepAliveOnce(lease);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the end of the member
      }
    });
    return new Alive(done);
  }

  /** Keeps a lease alive until closed. */
  private record Alive(CountDownLatch done) implements AutoCloseable {
    static final Alive NOT_NEEDED = new Alive(new CountDownLatch(0));

    @Override
    public void close() {
      done.countDown();
    }
  }
}
