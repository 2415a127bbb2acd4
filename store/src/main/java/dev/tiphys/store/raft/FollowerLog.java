package dev.tiphys.store.raft;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;

/**
 * The log of this member as its leader writes it. What is appended again, while the first time is
 * still being written, Ratis would call done at once: here it is answered when it is synced.
 */
final class FollowerLog {
  private final RaftServer.Division division;
  private CompletableFuture<?> newest = CompletableFuture.completedFuture(null);

  FollowerLog(RaftServer.Division division) {
    this.division = division;
  }

  /** Appends without waiting; completes when all up to the last of the entries is synced. */
  CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request)
      throws IOException {
    int count = request.getEntriesCount();
    if (count == 0) {
      return appender().appendEntriesAsync(request);
    }
    long last = request.getEntries(count - 1).getIndex();
    synchronized (this) {
      noteCommit(request);
      var before = newest;
      var appended = appender().appendEntriesAsync(request);
      newest = before.isDone() ? appended : CompletableFuture.allOf(before, appended);
      return before.handle((_, _) -> last).thenCombine(appended, this::ifSynced);
    }
  }

  /**
   * Ratis would take note of a commit only when the entries that come with it are synced, and who
   * waits for the ones before would wait for these. It takes no note of it beyond the entry that
   * both logs have before them.
   */
  private void noteCommit(AppendEntriesRequestProto request) throws IOException {
    if (request.hasPreviousLog()
        && request.getLeaderCommit() > division.getRaftLog().getLastCommittedIndex()) {
      var unused = appender().appendEntriesAsync(request.toBuilder().clearEntries().build());
    }
  }

  /** What was being written does not matter any more: the state was fetched instead. */
  synchronized void forget() {
    newest = CompletableFuture.completedFuture(null);
  }

  private RaftServerAsynchronousProtocol appender() {
    return (RaftServerAsynchronousProtocol) division;
  }

  private AppendEntriesReplyProto ifSynced(long last, AppendEntriesReplyProto reply) {
    if (reply.getResult() == AppendResult.SUCCESS && division.getRaftLog().getFlushIndex() < last) {
      throw new IllegalStateException("entry " + last + " could not be written");
    }
    return reply;
  }
}
