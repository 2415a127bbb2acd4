package dev.tiphys.store.service;

import dev.tiphys.store.mvcc.Checks;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.CompactionResponse;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.DeleteRangeResponse;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.PutResponse;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.rpc.TxnResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** The KV service. */
public final class KvService extends KVGrpc.KVImplBase {
  private final Cluster cluster;
  private final Quota quota;
  private final Limits limits;

  /**
   * Bounds on a request.
   *
   * @param maxRequestBytes of its encoded form
   * @param maxTxnOps operations or comparisons in one transaction
   */
  public record Limits(int maxRequestBytes, int maxTxnOps) {}

  /** Takes the shared parts and the bounds. */
  public KvService(Cluster cluster, Quota quota, Limits limits) {
    this.cluster = cluster;
    this.quota = quota;
    this.limits = limits;
  }

  @Override
  public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          Checks.range(request);
          if (!request.getSerializable()) {
            cluster.raft().awaitFresh();
          }
          var response = cluster.machine().range(request);
          return response.toBuilder().setHeader(cluster.header(response.getHeader())).build();
        });
  }

  @Override
  public void put(PutRequest request, StreamObserver<PutResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          Checks.put(request);
          checkSize(request.getSerializedSize());
          quota.check(request.getSerializedSize());
          var response =
              cluster.propose(Command.newBuilder().setPut(request).build(), PutResponse.class);
          return response.toBuilder().setHeader(cluster.header(response.getHeader())).build();
        });
  }

  @Override
  public void deleteRange(
      DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          Checks.delete(request);
          checkSize(request.getSerializedSize());
          var response =
              cluster.propose(
                  Command.newBuilder().setDeleteRange(request).build(), DeleteRangeResponse.class);
          return response.toBuilder().setHeader(cluster.header(response.getHeader())).build();
        });
  }

  @Override
  public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          Checks.txn(request, limits.maxTxnOps());
          TxnResponse response;
          if (Checks.readOnly(request)) {
            if (!serializable(request)) {
              cluster.raft().awaitFresh();
            }
            response = cluster.machine().read(request);
          } else {
            checkSize(request.getSerializedSize());
            quota.check(request.getSerializedSize());
            response =
                cluster.propose(Command.newBuilder().setTxn(request).build(), TxnResponse.class);
          }
          return response.toBuilder().setHeader(cluster.header(response.getHeader())).build();
        });
  }

  @Override
  public void compact(CompactionRequest request, StreamObserver<CompactionResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          var response =
              cluster.propose(
                  Command.newBuilder().setCompact(request).build(), CompactionResponse.class);
          if (request.getPhysical()) {
            cluster.machine().dropCompacted();
          }
          return response.toBuilder().setHeader(cluster.header(response.getHeader())).build();
        });
  }

  private void checkSize(int bytes) {
    if (bytes > limits.maxRequestBytes()) {
      throw StoreError.REQUEST_TOO_LARGE.exception();
    }
  }

  /** Without comparisons, and every range says so. */
  private static boolean serializable(TxnRequest request) {
    for (var branch : List.of(request.getSuccessList(), request.getFailureList())) {
      for (RequestOp op : branch) {
        if (!op.hasRequestRange() || !op.getRequestRange().getSerializable()) {
          return false;
        }
      }
    }
    return request.getCompareCount() == 0;
  }
}
