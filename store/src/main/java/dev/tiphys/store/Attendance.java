package dev.tiphys.store;

import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.raft.RaftNode;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.MemberRecord;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the cluster the name and URLs of this member, whenever they are not those that it knows;
 * and gives the membership its time.
 */
final class Attendance implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Attendance.class);

  private final RaftNode raft;
  private final MemberRecord self;
  private final LongSupplier ticker;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Takes what the flags say of this member. */
  Attendance(RaftNode raft, MemberRecord self, LongSupplier ticker) {
    this.raft = raft;
    this.self = self;
    this.ticker = ticker;
  }

  /** Works until closed. Run it on a thread of its own. */
  void run() throws InterruptedException, IOException {
    while (!closed.await(Limits.MEMBERSHIP.toNanos(), TimeUnit.NANOSECONDS)) {
      tell();
      raft.tick(ticker.getAsLong());
    }
  }

  /** Tells it now, if there is somebody to tell; what fails is tried again by {@link #run}. */
  void tell() throws InterruptedException {
    if (raft.isRemoved() || !raft.isReady() || known().equals(Optional.of(wanted()))) {
      return;
    }
    try {
      // The record is written whole, so what others have changed of it must be known here.
      raft.awaitFresh();
      raft.propose(Command.newBuilder().setMemberSet(wanted()).build());
    } catch (StoreException e) {
      log.debug("not told yet reason=\"{}\"", e.getMessage());
    }
  }

  private Optional<MemberRecord> known() {
    return raft.knownMembers().stream().filter(m -> m.getId() == self.getId()).findFirst();
  }

  /** Peer URLs and the vote are what the cluster says they are. */
  private MemberRecord wanted() {
    return known()
        .map(m ->
            m.toBuilder()
                .setName(self.getName())
                .clearClientUrls()
                .addAllClientUrls(self.getClientUrlsList())
                .build())
        .orElse(self);
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
