package dev.tiphys.store.raft;

import com.google.protobuf.ByteString;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** What this member asks of its own Ratis, as a client would; only a leader's does it. */
final class LocalClient {
  private final RaftServer server;
  private final RaftServer.Division division;
  private final RaftGroupId group;
  private final RaftPeerId self;
  private final Duration timeout;
  private final ClientId client = ClientId.randomId();
  private final AtomicLong calls = new AtomicLong();

  LocalClient(RaftServer server, RaftServer.Division division, Duration timeout) {
    this.server = server;
    this.division = division;
    this.group = division.getMemberId().getGroupId();
    this.self = division.getMemberId().getPeerId();
    this.timeout = timeout;
  }

  /**
   * Orders an entry; completes when it is applied here, or fails with {@link StoreException}: with
   * {@link StoreError#NO_LEADER} only when the entry surely is in no log. Does not wait.
   */
  CompletableFuture<Void> order(ByteString entry) {
    if (!division.getInfo().isLeaderReady()) {
      return CompletableFuture.failedFuture(StoreError.NO_LEADER.exception());
    }
    var request =
        RaftClientRequest.newBuilder()
            .setClientId(client)
            .setServerId(self)
            .setGroupId(group)
            .setCallId(calls.incrementAndGet())
            .setType(RaftClientRequest.writeRequestType())
            .setMessage(
                Message.valueOf(UnsafeByteOperations.unsafeWrap(entry.asReadOnlyByteBuffer())))
            .build();
    try {
      // Of the division, for the server would make its caller wait for a thread.
      return ((RaftClientAsynchronousProtocol) division)
          .submitClientRequestAsync(request)
          .thenAccept(LocalClient::check);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(StoreError.STOPPED.exception());
    }
  }

  /** Has another member lead. Blocks. */
  void transfer(long target) throws InterruptedException {
    var request =
        new TransferLeadershipRequest(
            client,
            self,
            group,
            calls.incrementAndGet(),
            Peers.id(target),
            timeout.dividedBy(2).toMillis());
    try {
      var reply = Refusals.await(server.transferLeadershipAsync(request), timeout);
      if (!reply.isSuccess()) {
        throw StoreError.TIMEOUT.exception();
      }
    } catch (IOException e) {
      throw StoreError.STOPPED.exception();
    }
  }

  /** Changes who takes part. Blocks. */
  void reconfigure(Peers.Configuration wanted) throws InterruptedException, IOException {
    check(
        Refusals.await(
            server.setConfigurationAsync(
                wanted.request(client, self, group, calls.incrementAndGet())),
            timeout.multipliedBy(4)));
  }

  private static void check(RaftClientReply reply) {
    if (reply.isSuccess()) {
      return;
    }
    // A leader that steps down says so to all who wait, also of entries that are in its log and
    // will happen yet: whoever sent them again would have them happen twice.
    if (reply.getNotLeaderException() != null
        || reply.getLeaderNotReadyException() != null
        || reply.getLeaderSteppingDownException() != null) {
      throw StoreError.LEADER_CHANGED.exception();
    }
    throw StoreError.TIMEOUT.exception();
  }
}
