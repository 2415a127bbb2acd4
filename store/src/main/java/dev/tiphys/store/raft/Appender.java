package dev.tiphys.store.raft;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppenderBase;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.Timestamp;

/**
 * Brings one follower up to date, on a thread of its own: entries, one call after the other, for
 * what gathers during a call travels in the next; or, where the log no longer has what the follower
 * lacks, word that it should fetch the state.
 */
final class Appender extends LogAppenderBase {
  private static final long PAUSE_MILLIS = 100;

  /** How often to look whether what the follower has is committed. */
  private static final long COMMIT_MILLIS = 1;

  /** The commit that the follower knows of. */
  private long told = RaftLog.INVALID_LOG_INDEX;

  Appender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
    super(server, state, follower);
  }

  @Override
  public long getCallId() {
    return CallId.get();
  }

  @Override
  public Comparator<Long> getCallIdComparator() {
    return CallId.getComparator();
  }

  @Override
  public void run() throws InterruptedException, IOException {
    while (isRunning()) {
      boolean answered = true;
      if (shouldSendAppendEntries() || told < getRaftLog().getLastCommittedIndex()) {
        var missing = shouldNotifyToInstallSnapshot();
        answered = missing != null ? offerState(missing) : append();
      }
      if (!answered) {
        getEventAwaitForSignal().await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      } else if (isRunning() && !hasAppendEntries()) {
        // Who asked a follower waits until that one knows of the commit: tell it at once.
        boolean commitIsDue = told < getFollower().getNextIndex() - 1;
        long millis = commitIsDue ? COMMIT_MILLIS : getHeartbeatWaitTimeMs();
        getEventAwaitForSignal().await(millis, TimeUnit.MILLISECONDS);
      }
      getLeaderState().checkHealth(getFollower());
    }
  }

  /** Returns false when the follower did not answer. */
  private boolean append() throws IOException {
    resetHeartbeatTrigger();
    var request = newAppendEntriesRequest(CallId.getAndIncrement(), !hasAppendEntries());
    if (request == null) {
      return true;
    }
    var follower = getFollower();
    var sent = Timestamp.currentTime();
    follower.updateLastRpcSendTime(request.getEntriesCount() == 0);
    try {
      var reply = getServerRpc().appendEntries(request);
      follower.updateLastRpcResponseTime();
      follower.updateLastRespondedAppendEntriesSendTime(sent);
      getLeaderState().onFollowerCommitIndex(follower, reply.getFollowerCommit());
      handle(request, reply);
      told = Math.max(told, request.getLeaderCommit());
      return true;
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      LOG.debug("{}: no answer: {}", this, e.getMessage());
      return false;
    }
  }

  private void handle(AppendEntriesRequestProto request, AppendEntriesReplyProto reply) {
    var follower = getFollower();
    switch (reply.getResult()) {
      case SUCCESS -> {
        long before = follower.getNextIndex();
        long next =
            request.getEntriesCount() == 0
                ? before
                : request.getEntries(request.getEntriesCount() - 1).getIndex() + 1;
        if (next > before) {
          follower.increaseNextIndex(next);
        }
        // Also of a heartbeat: it says up to where the logs are alike.
        boolean more = follower.updateMatchIndex(reply.getMatchIndex());
        if (more || next > before) {
          getLeaderState().onFollowerSuccessAppendEntries(follower);
        }
      }
      case NOT_LEADER -> onFollowerTerm(reply.getTerm());
      case INCONSISTENCY -> {
        long first =
            request.getEntriesCount() == 0
                ? RaftLog.INVALID_LOG_INDEX
                : request.getEntries(0).getIndex();
        follower.setNextIndex(getNextIndexForInconsistency(first, reply.getNextIndex()));
      }
      case UNRECOGNIZED -> LOG.warn("{}: unknown result of an append", this);
    }
    getLeaderState().onAppendEntriesReply(this, reply);
  }

  private boolean offerState(TermIndex firstAvailable) throws IOException {
    var follower = getFollower();
    try {
      follower.updateLastRpcSendTime(false);
      var reply =
          getServerRpc().installSnapshot(newInstallSnapshotNotificationRequest(firstAvailable));
      follower.updateLastRpcResponseTime();
      return handle(reply);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      LOG.debug("{}: no answer: {}", this, e.getMessage());
      return false;
    }
  }

  /** Returns false when there is nothing to do but to wait. */
  private boolean handle(InstallSnapshotReplyProto reply) {
    var follower = getFollower();
    switch (reply.getResult()) {
      case NOT_LEADER -> onFollowerTerm(reply.getTerm());
      case SUCCESS, SNAPSHOT_INSTALLED, ALREADY_INSTALLED -> {
        long index = reply.getSnapshotIndex();
        follower.setSnapshotIndex(index);
        follower.setAttemptedToInstallSnapshot();
        getLeaderState().onFollowerCommitIndex(follower, index);
        follower.increaseNextIndex(index + 1);
        getLeaderState().onFollowerSuccessAppendEntries(follower);
      }
      case SNAPSHOT_UNAVAILABLE -> follower.setAttemptedToInstallSnapshot();
      default -> {
        return false;
      }
    }
    return true;
  }
}
