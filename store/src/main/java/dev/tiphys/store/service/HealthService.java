package dev.tiphys.store.service;

import dev.tiphys.store.raft.RaftNode;
import dev.tiphys.store.rpc.HealthCheckRequest;
import dev.tiphys.store.rpc.HealthCheckResponse;
import dev.tiphys.store.rpc.HealthCheckResponse.ServingStatus;
import dev.tiphys.store.rpc.HealthGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** The Health service of gRPC, for probes: well is who knows a leader. */
public final class HealthService extends HealthGrpc.HealthImplBase {
  private final RaftNode raft;

  /** Takes what knows the leader. */
  public HealthService(RaftNode raft) {
    this.raft = raft;
  }

  @Override
  public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          if (!request.getService().isEmpty()) {
            throw Status.NOT_FOUND.withDescription("unknown service").asRuntimeException();
          }
          boolean well = raft.status().leader() != 0;
          return HealthCheckResponse.newBuilder()
              .setStatus(well ? ServingStatus.SERVING : ServingStatus.NOT_SERVING)
              .build();
        });
  }
}
