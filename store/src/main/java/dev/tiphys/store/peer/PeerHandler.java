package dev.tiphys.store.peer;

import com.google.protobuf.ByteString;
import dev.tiphys.store.record.Batch;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** What a member does when another one calls. Any thread; methods without a future may block. */
public interface PeerHandler {
  /** A call of Raft. */
  CompletableFuture<ByteString> raft(RaftCall call) throws IOException;

  /** Orders commands of another member; completes when they are applied here. */
  CompletableFuture<?> propose(Batch batch);

  /** As the leader: how long a lease has yet. */
  LeaseAnswer lease(LeaseQuestion question) throws InterruptedException;

  /** Gives the whole state. */
  void snapshot(Parts parts) throws IOException, InterruptedException;

  /** Tells a member that was added who it is. */
  Acquaintance introduce(Introduction introduction);

  /** Takes the state, in order. */
  @FunctionalInterface
  interface Parts {
    /** The next bytes; blocks while the other side is not ready for more. */
    void part(byte[] bytes) throws InterruptedException;
  }
}
