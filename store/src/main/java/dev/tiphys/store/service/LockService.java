package dev.tiphys.store.service;

import com.google.protobuf.ByteString;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.DeleteRangeResponse;
import dev.tiphys.store.rpc.LockGrpc;
import dev.tiphys.store.rpc.LockRequest;
import dev.tiphys.store.rpc.LockResponse;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.UnlockRequest;
import dev.tiphys.store.rpc.UnlockResponse;
import io.grpc.stub.StreamObserver;

/** The Lock service: a lock is held by whose turn it is. */
public final class LockService extends LockGrpc.LockImplBase {
  private final Turns turns;
  private final Cluster cluster;

  /** Takes the line to wait in. */
  public LockService(Turns turns) {
    this.turns = turns;
    this.cluster = turns.cluster();
  }

  @Override
  public void lock(LockRequest request, StreamObserver<LockResponse> observer) {
    Turns.answer(
        observer,
        () -> {
          var place = turns.take(request.getName(), request.getLease(), ByteString.EMPTY);
          var header = turns.await(place, request.getLease() == 0);
          var mine = turns.range(RangeRequest.newBuilder().setKey(place.key()).build());
          if (mine.getKvsCount() == 0) {
            throw StoreError.SESSION_EXPIRED.exception(); // its lease ended while it waited
          }
          return LockResponse.newBuilder().setHeader(header).setKey(place.key()).build();
        });
  }

  @Override
  public void unlock(UnlockRequest request, StreamObserver<UnlockResponse> observer) {
    Turns.answer(
        observer,
        () -> {
          if (request.getKey().isEmpty()) {
            throw StoreError.EMPTY_KEY.exception();
          }
          var delete = DeleteRangeRequest.newBuilder().setKey(request.getKey());
          var response =
              cluster.propose(
                  Command.newBuilder().setDeleteRange(delete), DeleteRangeResponse.class);
          return UnlockResponse.newBuilder()
              .setHeader(cluster.header(response.getHeader()))
              .build();
        });
  }
}
