package dev.tiphys.store.service;

import com.google.protobuf.ByteString;
import dev.tiphys.store.lease.LeaseKeeper;
import dev.tiphys.store.mvcc.KeyRange;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrantResponse;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseKeepAliveRequest;
import dev.tiphys.store.rpc.LeaseKeepAliveResponse;
import dev.tiphys.store.rpc.LeaseLeasesRequest;
import dev.tiphys.store.rpc.LeaseLeasesResponse;
import dev.tiphys.store.rpc.LeaseRevokeRequest;
import dev.tiphys.store.rpc.LeaseRevokeResponse;
import dev.tiphys.store.rpc.LeaseStatus;
import dev.tiphys.store.rpc.LeaseTimeToLiveRequest;
import dev.tiphys.store.rpc.LeaseTimeToLiveResponse;
import io.grpc.stub.StreamObserver;
import java.util.function.LongSupplier;

/** The Lease service. */
public final class LeaseService extends LeaseGrpc.LeaseImplBase {
  /** About 285 years, as etcd has it. */
  private static final long MAX_TTL_SECONDS = 9_000_000_000L;

  private final Cluster cluster;
  private final LeaseKeeper keeper;
  private final LongSupplier randomId;
  private final long minTtlSeconds;

  /**
   * Takes the shared parts.
   *
   * @param randomId gives positive numbers for leases whose id the client leaves open
   * @param minTtlSeconds shorter leases are lengthened: a change of leader must fit in
   */
  public LeaseService(
      Cluster cluster, LeaseKeeper keeper, LongSupplier randomId, long minTtlSeconds) {
    this.cluster = cluster;
    this.keeper = keeper;
    this.randomId = randomId;
    this.minTtlSeconds = minTtlSeconds;
  }

  @Override
  public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          if (request.getTTL() > MAX_TTL_SECONDS) {
            throw StoreError.LEASE_TTL_TOO_LARGE.exception();
          }
          var grant = request.toBuilder().setTTL(Math.max(request.getTTL(), minTtlSeconds));
          if (request.getID() == 0) {
            grant.setID(randomId.getAsLong());
          }
          var response =
              cluster.propose(Command.newBuilder().setLeaseGrant(grant), LeaseGrantResponse.class);
          if (cluster.raft().leadingTerm() != 0) {
            keeper.keepAlive(response.getID());
          }
          return response.toBuilder().setHeader(cluster.header(response.getHeader())).build();
        });
  }

  @Override
  public void leaseRevoke(
      LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          var response =
              cluster.propose(
                  Command.newBuilder().setLeaseRevoke(request), LeaseRevokeResponse.class);
          return response.toBuilder().setHeader(cluster.header(response.getHeader())).build();
        });
  }

  @Override
  public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(
      StreamObserver<LeaseKeepAliveResponse> observer) {
    return new StreamObserver<>() {
      @Override
      public void onNext(LeaseKeepAliveRequest request) {
        try {
          observer.onNext(
              LeaseKeepAliveResponse.newBuilder()
                  .setID(request.getID())
                  .setTTL(cluster.raft().keepAlive(request.getID()))
                  .setHeader(cluster.header())
                  .build());
        } catch (Exception e) {
          observer.onError(Errors.status(e));
        }
      }

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {
        observer.onCompleted();
      }
    };
  }

  @Override
  public void leaseTimeToLive(
      LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          long remaining = cluster.raft().remainingSeconds(request.getID());
          var response =
              LeaseTimeToLiveResponse.newBuilder()
                  .setHeader(cluster.header())
                  .setID(request.getID());
          var grant = cluster.machine().leases().find(request.getID());
          if (grant == null || remaining < 0) {
            return response.setTTL(-1).build();
          }
          response.setTTL(remaining).setGrantedTTL(grant.ttlSeconds());
          if (request.getKeys()) {
            for (var key : cluster.machine().leases().keys(request.getID())) {
              cluster.access().needRead(KeyRange.of(key, ByteString.EMPTY));
              response.addKeys(key);
            }
          }
          return response.build();
        });
  }

  @Override
  public void leaseLeases(
      LeaseLeasesRequest request, StreamObserver<LeaseLeasesResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          cluster.raft().awaitFresh();
          var response = LeaseLeasesResponse.newBuilder().setHeader(cluster.header());
          keeper
              .inOrderOfEnd()
              .forEach(id -> response.addLeases(LeaseStatus.newBuilder().setID(id)));
          return response.build();
        });
  }
}
