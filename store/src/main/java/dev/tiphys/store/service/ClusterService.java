package dev.tiphys.store.service;

import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.MemberRecord;
import dev.tiphys.store.rpc.ClusterGrpc;
import dev.tiphys.store.rpc.Member;
import dev.tiphys.store.rpc.MemberAddRequest;
import dev.tiphys.store.rpc.MemberAddResponse;
import dev.tiphys.store.rpc.MemberListRequest;
import dev.tiphys.store.rpc.MemberListResponse;
import dev.tiphys.store.rpc.MemberPromoteRequest;
import dev.tiphys.store.rpc.MemberPromoteResponse;
import dev.tiphys.store.rpc.MemberRemoveRequest;
import dev.tiphys.store.rpc.MemberRemoveResponse;
import dev.tiphys.store.rpc.MemberUpdateRequest;
import dev.tiphys.store.rpc.MemberUpdateResponse;
import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;

/** The Cluster service: who the members are, and changes to that. */
public final class ClusterService extends ClusterGrpc.ClusterImplBase {
  private static final int MAX_LEARNERS = 1;

  private final Cluster cluster;
  private final LongSupplier randomId;

  /** Takes the shared parts and where numbers of new members come from. */
  public ClusterService(Cluster cluster, LongSupplier randomId) {
    this.cluster = cluster;
    this.randomId = randomId;
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
              .addAllMembers(members())
              .build();
        });
  }

  @Override
  public void memberAdd(MemberAddRequest request, StreamObserver<MemberAddResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          cluster.access().needAdmin();
          if (request.getIsLearner()
              && cluster.raft().members().stream().filter(MemberRecord::getLearner).count()
                  >= MAX_LEARNERS) {
            throw StoreError.TOO_MANY_LEARNERS.exception();
          }
          checkUrls(0, request.getPeerURLsList());
          var member =
              MemberRecord.newBuilder()
                  .setId(randomId.getAsLong())
                  .addAllPeerUrls(request.getPeerURLsList())
                  .setLearner(request.getIsLearner())
                  .build();
          set(member);
          return MemberAddResponse.newBuilder()
              .setHeader(cluster.header())
              .setMember(wire(member))
              .addAllMembers(members())
              .build();
        });
  }

  @Override
  public void memberRemove(
      MemberRemoveRequest request, StreamObserver<MemberRemoveResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          cluster.access().needAdmin();
          find(request.getID());
          if (cluster.raft().members().size() == 1) {
            throw StoreError.NOT_ENOUGH_STARTED_MEMBERS.exception();
          }
          cluster.raft().propose(Command.newBuilder().setMemberRemoved(request.getID()).build());
          cluster.raft().awaitGone(request.getID());
          return MemberRemoveResponse.newBuilder()
              .setHeader(cluster.header())
              .addAllMembers(members())
              .build();
        });
  }

  @Override
  public void memberUpdate(
      MemberUpdateRequest request, StreamObserver<MemberUpdateResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          cluster.access().needAdmin();
          var member = find(request.getID());
          checkUrls(member.getId(), request.getPeerURLsList());
          set(member.toBuilder().clearPeerUrls().addAllPeerUrls(request.getPeerURLsList()).build());
          return MemberUpdateResponse.newBuilder()
              .setHeader(cluster.header())
              .addAllMembers(members())
              .build();
        });
  }

  @Override
  public void memberPromote(
      MemberPromoteRequest request, StreamObserver<MemberPromoteResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          cluster.access().needAdmin();
          var member = find(request.getID());
          if (!member.getLearner()) {
            throw StoreError.MEMBER_NOT_LEARNER.exception();
          }
          if (member.getName().isEmpty()) {
            throw StoreError.LEARNER_NOT_READY.exception();
          }
          set(member.toBuilder().setLearner(false).build());
          return MemberPromoteResponse.newBuilder()
              .setHeader(cluster.header())
              .addAllMembers(members())
              .build();
        });
  }

  /** Two members at one place would be asked for the votes of one. */
  private void checkUrls(long self, Collection<String> urls) {
    for (var member : cluster.raft().members()) {
      if (member.getId() != self && member.getPeerUrlsList().stream().anyMatch(urls::contains)) {
        throw StoreError.PEER_URL_EXISTS.exception();
      }
    }
  }

  private void set(MemberRecord member) throws InterruptedException {
    cluster.raft().propose(Command.newBuilder().setMemberSet(member).build());
  }

  private MemberRecord find(long id) {
    return cluster.raft().members().stream()
        .filter(member -> member.getId() == id)
        .findFirst()
        .orElseThrow(StoreError.MEMBER_NOT_FOUND::exception);
  }

  private List<Member> members() {
    return cluster.raft().members().stream().map(ClusterService::wire).toList();
  }

  private static Member wire(MemberRecord member) {
    return Member.newBuilder()
        .setID(member.getId())
        .setName(member.getName())
        .addAllPeerURLs(member.getPeerUrlsList())
        .addAllClientURLs(member.getClientUrlsList())
        .setIsLearner(member.getLearner())
        .build();
  }
}
