package dev.tiphys.store.service;

import dev.tiphys.store.rpc.ClusterGrpc;
import dev.tiphys.store.rpc.MemberListRequest;
import dev.tiphys.store.rpc.MemberListResponse;
import io.grpc.stub.StreamObserver;

/** The Cluster service: who the members are. */
public final class ClusterService extends ClusterGrpc.ClusterImplBase {
  private final Cluster cluster;

  /** Takes the shared parts. */
  public ClusterService(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          if (request.getLinearizable()) {
            cluster.raft().awaitFresh();
          }
          return MemberListResponse.newBuilder()
              .setHeader(cluster.header())
              .addAllMembers(cluster.members())
              .build();
        });
  }
}
