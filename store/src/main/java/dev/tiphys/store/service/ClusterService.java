package dev.tiphys.store.service;

import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.peer.PeerUrl;
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
  private final Cluster cluster;
  private final Limits limits;
  private final LongSupplier randomId;

  /**
   * What the flags say of changes.
   *
   * @param strict whether a change is refused that may bring the cluster to a stop
   * @param maxLearners the most members without a vote
   */
  public record Limits(boolean strict, int maxLearners) {}

  /** Takes the shared parts, the limits, and where numbers of new members come from. */
  public ClusterService(Cluster cluster, Limits limits, LongSupplier randomId) {
    this.cluster = cluster;
    this.limits = limits;
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
          var urls = usable(request.getPeerURLsList());
          cluster.access().needAdmin();
          if (limits.strict()) {
            change().checkAdd(request.getIsLearner());
          }
          checkNew(0, urls);
          if (request.getIsLearner()
              && cluster.raft().members().stream().filter(MemberRecord::getLearner).count()
                  >= limits.maxLearners()) {
            throw StoreError.TOO_MANY_LEARNERS.exception();
          }
          var member =
              MemberRecord.newBuilder()
                  .setId(randomId.getAsLong())
                  .addAllPeerUrls(urls)
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
          var member = find(request.getID());
          if (cluster.raft().members().size() == 1) {
            throw StoreError.NOT_ENOUGH_STARTED_MEMBERS.exception();
          }
          if (limits.strict()) {
            change().checkRemove(member);
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
          var urls = usable(request.getPeerURLsList());
          var member = find(request.getID());
          checkNew(member.getId(), urls);
          set(member.toBuilder().clearPeerUrls().addAllPeerUrls(urls).build());
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
          if (!isLearner(member)) {
            throw StoreError.MEMBER_NOT_LEARNER.exception();
          }
          // Whoever asks again, for it took too long, only waits on.
          if (member.getLearner()) {
            var change = change();
            change.checkReady(member);
            if (limits.strict()) {
              change.checkPromote();
            }
            set(member.toBuilder().setLearner(false).build());
          }
          cluster.raft().awaitVote(member.getId());
          return MemberPromoteResponse.newBuilder()
              .setHeader(cluster.header())
              .addAllMembers(members())
              .build();
        });
  }

  /** A member that cannot be reached would be waited for forever. */
  private static List<String> usable(List<String> urls) {
    if (urls.isEmpty() || urls.stream().anyMatch(url -> PeerUrl.parse(url).isEmpty())) {
      throw StoreError.BAD_MEMBER_URLS.exception();
    }
    return urls.stream().map(String::strip).toList();
  }

  private Reconfiguration change() throws InterruptedException {
    // The roll first: who is a member is known here only as of what was applied.
    var roll = cluster.raft().rollCall();
    return new Reconfiguration(cluster.raft().members(), roll);
  }

  /** Two members at one place would be asked for the votes of one. */
  private void checkNew(long self, Collection<String> urls) {
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
    return cluster.raft().members().stream().map(this::wire).toList();
  }

  /** Who was started is a learner until it has its vote, whatever it was added as. */
  private boolean isLearner(MemberRecord member) {
    boolean started = !member.getName().isEmpty();
    return member.getLearner() || (started && !cluster.raft().hasVote(member.getId()));
  }

  private Member wire(MemberRecord member) {
    return Member.newBuilder()
        .setID(member.getId())
        .setName(member.getName())
        .addAllPeerURLs(member.getPeerUrlsList())
        .addAllClientURLs(member.getClientUrlsList())
        .setIsLearner(isLearner(member))
        .build();
  }
}
