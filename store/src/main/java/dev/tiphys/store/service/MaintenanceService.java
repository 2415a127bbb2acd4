package dev.tiphys.store.service;

import com.google.protobuf.UnsafeByteOperations;
import dev.tiphys.store.bolt.SnapshotStream;
import dev.tiphys.store.mvcc.StateHash;
import dev.tiphys.store.mvcc.StateView;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.AlarmMember;
import dev.tiphys.store.rpc.AlarmRequest;
import dev.tiphys.store.rpc.AlarmResponse;
import dev.tiphys.store.rpc.DefragmentRequest;
import dev.tiphys.store.rpc.DefragmentResponse;
import dev.tiphys.store.rpc.DowngradeRequest;
import dev.tiphys.store.rpc.DowngradeResponse;
import dev.tiphys.store.rpc.HashKVRequest;
import dev.tiphys.store.rpc.HashKVResponse;
import dev.tiphys.store.rpc.HashRequest;
import dev.tiphys.store.rpc.HashResponse;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.MoveLeaderRequest;
import dev.tiphys.store.rpc.MoveLeaderResponse;
import dev.tiphys.store.rpc.SnapshotRequest;
import dev.tiphys.store.rpc.SnapshotResponse;
import dev.tiphys.store.rpc.StatusRequest;
import dev.tiphys.store.rpc.StatusResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Maintenance service. */
public final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {
  /** The etcd whose behaviour clients may expect: they choose what to ask for by it. */
  public static final String ETCD_VERSION = "3.5.21";

  /** What etcd takes for a version. */
  private static final Pattern VERSION =
      Pattern.compile("(\\d+)\\.(\\d+)(?:\\.(\\d+)(?:-[0-9A-Za-z.-]*)?(?:\\+[0-9A-Za-z.-]*)?)?");

  private static final Logger log = LoggerFactory.getLogger(MaintenanceService.class);

  /**
   * How long a client that fetches a snapshot may take nothing of it. Nothing compacted goes from
   * disk meanwhile.
   */
  private static final Duration SNAPSHOT_PATIENCE = Duration.ofSeconds(30);

  private final Cluster cluster;
  private final Quota quota;
  private final Executor threads;

  /** Takes the shared parts and what runs long answers. */
  public MaintenanceService(Cluster cluster, Quota quota, Executor threads) {
    this.cluster = cluster;
    this.quota = quota;
    this.threads = threads;
  }

  @Override
  public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          if (request.getAction() == AlarmRequest.AlarmAction.GET) {
            cluster.raft().awaitFresh();
            return AlarmResponse.newBuilder()
                .setHeader(cluster.header())
                .addAllAlarms(cluster.machine().alarms())
                .build();
          }
          var response =
              cluster.propose(Command.newBuilder().setAlarm(request), AlarmResponse.class);
          return response.toBuilder().setHeader(cluster.header(response.getHeader())).build();
        });
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          var raft = cluster.raft().status();
          var response =
              StatusResponse.newBuilder()
                  .setHeader(cluster.header())
                  .setVersion(ETCD_VERSION)
                  .setDbSize(cluster.machine().bytes())
                  .setDbSizeInUse(cluster.machine().bytesInUse())
                  .setDbSizeQuota(quota.bytes())
                  .setLeader(raft.leader())
                  .setRaftIndex(raft.index())
                  .setRaftTerm(raft.term())
                  .setRaftAppliedIndex(raft.applied());
          response.setIsLearner(cluster.raft().isLearner());
          if (raft.leader() == 0) {
            response.addErrors(StoreError.NO_LEADER.text());
          }
          cluster.machine().alarms().forEach(a -> response.addErrors(text(a)));
          return response.build();
        });
  }

  /** As etcd writes it: the number without a sign, and a space at the end. */
  private static String text(AlarmMember alarm) {
    return "memberID:"
        + Long.toUnsignedString(alarm.getMemberID())
        + " alarm:"
        + alarm.getAlarm()
        + " ";
  }

  @Override
  public void hash(HashRequest request, StreamObserver<HashResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          cluster.access().needAdmin();
          return HashResponse.newBuilder()
              .setHeader(cluster.header())
              .setHash(cluster.machine().hash(StateHash.Wanted.asEtcd(0)).value())
              .build();
        });
  }

  @Override
  public void hashKV(HashKVRequest request, StreamObserver<HashKVResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          cluster.access().needAdmin();
          var hash = cluster.machine().hash(StateHash.Wanted.asEtcd(request.getRevision()));
          return HashKVResponse.newBuilder()
              .setHeader(cluster.header())
              .setHash(hash.value())
              .setCompactRevision(hash.compacted() == 0 ? -1 : hash.compacted())
              .setHashRevision(hash.revision())
              .build();
        });
  }

  @Override
  public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> observer) {
    try {
      cluster.access().needAdmin();
    } catch (StoreException | InterruptedException e) {
      observer.onError(Errors.status(e));
      return;
    }
    Calls.stream(
        threads,
        observer,
        SNAPSHOT_PATIENCE,
        client -> cluster.machine().view(state -> snapshot(state, client)));
  }

  /** As etcd gives it; its version stays empty, as that of an etcd before 3.6. */
  private void snapshot(StateView state, PacedSender<SnapshotResponse> sender)
      throws IOException, InterruptedException {
    SnapshotStream.Source records =
        into ->
            state.records((revision, number, deletion, value) -> {
              sender.mustBeHeard(); // the log is read before the first bytes go
              into.record(revision, number, deletion, value);
            });
    new SnapshotStream(state.checkpoint(), records)
        .give((bytes, remaining) ->
            sender.send(
                SnapshotResponse.newBuilder()
                    .setHeader(cluster.header())
                    .setBlob(UnsafeByteOperations.unsafeWrap(bytes))
                    .setRemainingBytes(remaining)
                    .build()));
  }

  /** Does nothing: the log has no fragments that a stop of the world could mend. */
  @Override
  public void defragment(DefragmentRequest request, StreamObserver<DefragmentResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          cluster.access().needAdmin();
          log.info("defragment asked for: nothing to do, for the log has no fragments");
          return DefragmentResponse.newBuilder().setHeader(cluster.header()).build();
        });
  }

  @Override
  public void moveLeader(MoveLeaderRequest request, StreamObserver<MoveLeaderResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          cluster.raft().moveLeader(request.getTargetID());
          return MoveLeaderResponse.newBuilder().setHeader(cluster.header()).build();
        });
  }

  /**
   * Refuses: what is here was never written by an older etcd, and none could read it. So no version
   * is one to go back to, and no job ever runs.
   */
  @Override
  public void downgrade(DowngradeRequest request, StreamObserver<DowngradeResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          var reason =
              switch (request.getAction()) {
                case VALIDATE, ENABLE ->
                    isVersion(request.getVersion())
                        ? StoreError.INVALID_DOWNGRADE_TARGET
                        : StoreError.WRONG_DOWNGRADE_FORMAT;
                case CANCEL -> StoreError.NO_INFLIGHT_DOWNGRADE;
                case UNRECOGNIZED -> StoreError.UNKNOWN_METHOD;
              };
          if (request.getAction() == DowngradeRequest.DowngradeAction.ENABLE
              && reason == StoreError.INVALID_DOWNGRADE_TARGET) {
            log.warn(
                "downgrade refused version={}: no etcd reads this data directory; to go to another"
                    + " one, use `tiphys store export`",
                request.getVersion());
          }
          throw reason.exception();
        });
  }

  private static boolean isVersion(String text) {
    var version = VERSION.matcher(text);
    return version.matches()
        && IntStream.rangeClosed(1, version.groupCount())
            .mapToObj(version::group)
            .allMatch(number -> number == null || isLong(number));
  }

  private static boolean isLong(String digits) {
    return new BigInteger(digits).bitLength() < Long.SIZE;
  }
}
