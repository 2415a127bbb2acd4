package dev.tiphys.store.raft;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppenderBase;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.Timestamp;

/**
 * Brings one follower up to date, in one of two ways.
 *
 * <p>A follower that is <b>in step</b> gets entries as they come, up to {@link #WINDOW} calls
 * before the first is answered, from the event loop that sends them anyhow: no thread is woken for
 * it. At the first failure, or when it falls behind, it is <b>out of step</b>: then a thread makes
 * one call after the other, finds out what the follower has, and reads from disk what it lacks; or,
 * where the log no longer has that, tells it to fetch the state.
 */
final class Appender extends LogAppenderBase {
  /** Calls before the first is answered. What gathers beyond travels in one. */
  private static final int WINDOW = 4;

  /** A follower that lacks more entries than this is out of step. */
  private static final int IN_STEP = 64;

  private static final long PAUSE_MILLIS = 100;

  /**
   * How long a follower may not know that its entries are committed, in case the next call can tell
   * it. One whose clients wait for that is told at once, unless the next entry is about to come.
   */
  private static final long COMMIT_MILLIS = 2;

  private final Leadership leadership;
  private final RaftMetrics metrics;
  private final Optional<Heartbeat> heartbeat;
  private final ScheduledExecutorService loop;
  private final AtomicBoolean kicked = new AtomicBoolean();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean inStep;

  /** Entries may be applied here before the follower was told of their commit. */
  private volatile boolean isOwed;

  /** Before this entry, the follower's log is like ours. Of who sends. */
  private long agreed;

  // Of the event loop. The commit that the follower was told of, how many calls are not answered,
  // and how often it fell out of step.
  private long told = RaftLog.INVALID_LOG_INDEX;
  private int onTheWay;
  private int round;
  private boolean commitIsDue;
  private boolean commitWillBeDue;

  Appender(
      RaftServer.Division server,
      LeaderState state,
      FollowerInfo follower,
      Leadership leadership,
      Optional<Heartbeat> heartbeat,
      RaftMetrics metrics,
      ScheduledExecutorService loop) {
    super(server, state, follower);
    this.leadership = leadership;
    this.heartbeat = heartbeat;
    this.metrics = metrics;
    this.loop = loop;
    leadership.follows(follower.getId(), this);
  }

  @Override
  public long getCallId() {
    return leadership.calls();
  }

  /** Ratis would speak no more often than the shortest election timeout asks for. */
  @Override
  public long getHeartbeatWaitTimeMs() {
    long wait = super.getHeartbeatWaitTimeMs();
    return heartbeat
        .map(beat ->
            Math.min(
                wait,
                beat.dueInMillis(
                    getFollower().getLastRpcResponseTime().elapsedTimeMs(),
                    getFollower().getLastHeartbeatSendTime().elapsedTimeMs())))
        .orElse(wait);
  }

  @Override
  public Comparator<Long> getCallIdComparator() {
    return Comparator.naturalOrder();
  }

  /** The follower waits for the commit of one more entry. */
  void awaited() {
    waiting.incrementAndGet();
  }

  /** An entry for which the follower waits is applied here, and so it will be there once told. */
  void answered() {
    isOwed = true;
    waiting.decrementAndGet();
    notifyLogAppender();
  }

  /** Something may be due. Any thread; does not wait. */
  @Override
  public void notifyLogAppender() {
    if (inStep) {
      kick();
    } else {
      super.notifyLogAppender();
    }
  }

  @Override
  public void run() throws InterruptedException, IOException {
    while (isRunning()) {
      if (inStep) {
        getEventAwaitForSignal()
            .await(Math.max(1, getHeartbeatWaitTimeMs()), TimeUnit.MILLISECONDS);
        kick();
      } else {
        catchUp();
      }
      getLeaderState().checkHealth(getFollower());
    }
  }

  // ---- in step, on the event loop

  private void kick() {
    if (kicked.compareAndSet(false, true)) {
      try {
        loop.execute(this::sendWhatIsDue);
      } catch (RejectedExecutionException e) {
        LOG.debug("{}: the member is stopping", this);
      }
    }
  }

  private void sendWhatIsDue() {
    kicked.set(false);
    try {
      while (inStep && isRunning() && onTheWay < WINDOW && isDue() && send()) {
        commitIsDue = false;
      }
      if (inStep && lacks() > IN_STEP && onTheWay == WINDOW) {
        fallOutOfStep();
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("{}: out of step", this, e);
      fallOutOfStep();
    }
  }

  private boolean isDue() {
    if (shouldSendAppendEntries()) {
      return true;
    }
    boolean owed = isOwed;
    isOwed = false; // before the look at what is committed: what is applied later owes anew
    long committed = getRaftLog().getLastCommittedIndex();
    if (owed && told < committed) {
      isOwed = true;
    }
    if (told >= tellable(committed)) {
      return false;
    }
    boolean awaited = owed || waiting.get() > 0;
    if (!commitIsDue && (!awaited || leadership.moreComes())) {
      if (!commitWillBeDue) {
        commitWillBeDue = true;
        loop.schedule(this::commitIsDue, COMMIT_MILLIS, TimeUnit.MILLISECONDS);
      }
      return false;
    }
    return true;
  }

  /** A follower takes note of a commit only up to where it has synced. */
  private long tellable(long committed) {
    return Math.min(committed, getFollower().getMatchIndex());
  }

  private void commitIsDue() {
    commitWillBeDue = false;
    commitIsDue = true;
    sendWhatIsDue();
  }

  /** Returns false when there was nothing to send. */
  private boolean send() throws IOException {
    resetHeartbeatTrigger();
    var request = newAppendEntriesRequest(leadership.nextCall(), !hasAppendEntries());
    if (request == null) {
      return false;
    }
    int count = request.getEntriesCount();
    if (count > 0) {
      getFollower().increaseNextIndex(request.getEntries(count - 1).getIndex() + 1);
    }
    getFollower().updateLastRpcSendTime(count == 0);
    told = Math.max(told, tellable(request.getLeaderCommit()));
    onTheWay++;
    int current = round;
    long begun = System.nanoTime();
    var sent = Timestamp.currentTime();
    getServerRpc()
        .async()
        .appendEntriesAsync(request)
        .whenComplete((reply, failure) -> {
          if (failure == null) {
            noteRoundTrip(request, begun);
            answered(current, request, sent, reply);
          } else {
            loop.execute(() -> failed(current, failure));
          }
        });
    return true;
  }

  private void answered(
      int sentIn,
      AppendEntriesRequestProto request,
      Timestamp sent,
      AppendEntriesReplyProto reply) {
    if (sentIn != round) {
      return;
    }
    onTheWay--;
    handle(request, sent, reply);
    if (reply.getResult() == AppendResult.SUCCESS) {
      int count = request.getEntriesCount();
      if (count > 0) {
        agreed = Math.max(agreed, request.getEntries(count - 1).getIndex() + 1);
      }
      sendWhatIsDue();
    } else {
      fallOutOfStep();
    }
  }

  private void failed(int sentIn, Throwable failure) {
    if (sentIn == round) {
      LOG.debug("{}: no answer: {}", this, String.valueOf(failure));
      fallOutOfStep();
    }
  }

  private long lacks() {
    return getRaftLog().getNextIndex() - getFollower().getNextIndex();
  }

  private void fallOutOfStep() {
    round++;
    onTheWay = 0;
    told = RaftLog.INVALID_LOG_INDEX;
    getFollower().setNextIndex(agreed);
    inStep = false;
    super.notifyLogAppender();
  }

  // ---- out of step, on a thread

  private void catchUp() throws InterruptedException, IOException {
    var missing = shouldNotifyToInstallSnapshot();
    boolean answered = missing != null ? offerState(missing) : append();
    if (!answered) {
      getEventAwaitForSignal().await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } else if (lacks() <= IN_STEP && !getLeaderState().isFollowerBootstrapping(getFollower())) {
      agreed = getFollower().getNextIndex();
      inStep = true;
      kick();
    } else if (isRunning() && !hasAppendEntries()) {
      getEventAwaitForSignal().await(getHeartbeatWaitTimeMs(), TimeUnit.MILLISECONDS);
    }
  }

  /** Returns false when the follower did not answer, or not that it agrees. */
  private boolean append() throws IOException {
    resetHeartbeatTrigger();
    var request = newAppendEntriesRequest(leadership.nextCall(), !hasAppendEntries());
    if (request == null) {
      return false;
    }
    long begun = System.nanoTime();
    var sent = Timestamp.currentTime();
    getFollower().updateLastRpcSendTime(request.getEntriesCount() == 0);
    try {
      var reply = getServerRpc().appendEntries(request);
      noteRoundTrip(request, begun);
      handle(request, sent, reply);
      return reply.getResult() == AppendResult.SUCCESS;
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      LOG.debug("{}: no answer: {}", this, e.getMessage());
      return false;
    }
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

  // ---- answers

  /** What carries no entries is answered without waiting for a disk. */
  private void noteRoundTrip(AppendEntriesRequestProto request, long begun) {
    if (request.getEntriesCount() == 0) {
      metrics.roundTrip(Peers.number(getFollowerId()), System.nanoTime() - begun);
    }
  }

  private void handle(
      AppendEntriesRequestProto request, Timestamp sent, AppendEntriesReplyProto reply) {
    var follower = getFollower();
    follower.updateLastRpcResponseTime();
    follower.updateLastRespondedAppendEntriesSendTime(sent);
    getLeaderState().onFollowerCommitIndex(follower, reply.getFollowerCommit());
    switch (reply.getResult()) {
      case SUCCESS -> {
        int count = request.getEntriesCount();
        if (count > 0) {
          long last = request.getEntries(count - 1).getIndex();
          follower.updateNextIndex(last + 1);
          if (follower.updateMatchIndex(last)) {
            getLeaderState().onFollowerSuccessAppendEntries(follower);
          }
        }
        leadership.heard(
            getFollowerId(),
            request.getServerRequest().getCallId(),
            request.getLeaderTerm(),
            () -> getServer().getRaftConf());
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
