package dev.tiphys.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.record.MemberRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who orders follows who are members. */
@Timeout(60)
class RosterTest {
  private static final String HERE = "http://127.0.0.1:2380";
  private static final String THERE = "http://127.0.0.2:2380";

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void aMemberWithAnUnusableUrlIsPassedOver() throws Exception {
    var electorate = new Votes();
    var roster = roster(member(1, HERE), member(2, "10.0.0.4:2380"), member(3, THERE));
    roster.tick(electorate);
    assertThat(electorate.changes.take().voters()).isEqualTo(Map.of(1L, HERE, 3L, THERE));
  }

  @Test
  void aMemberThatMovedIsNoChangeButGoesIntoTheNextOne() throws Exception {
    var electorate = new Votes();
    var calm =
        new Roster(
            () -> List.of(member(1, "http://127.0.0.9:1")), _ -> false, _ -> true, Runnable::run);
    calm.tick(electorate);
    assertThat(electorate.changes).isEmpty();
    var roster = roster(member(1, "http://127.0.0.9:1"), member(3, THERE));
    roster.tick(electorate);
    assertThat(electorate.changes.take().voters())
        .isEqualTo(Map.of(1L, "http://127.0.0.9:1", 3L, THERE));
  }

  @Test
  void aMemberKeepsItsAddressWhenTheNewOneIsUnusable() throws Exception {
    var electorate = new Votes();
    var roster = roster(member(1, "http://h"), member(3, THERE));
    roster.tick(electorate);
    assertThat(electorate.changes.take().voters()).isEqualTo(Map.of(1L, HERE, 3L, THERE));
  }

  @Test
  void aLearnerThatIsPromotedComesAsIfItWereNew() throws Exception {
    var electorate = new Votes();
    electorate.learners = Map.of(3L, THERE);
    var roster = roster(member(1, HERE), member(3, THERE));
    roster.tick(electorate);
    var without = electorate.changes.take();
    assertThat(without.voters()).isEqualTo(Map.of(1L, HERE));
    assertThat(without.learners()).isEmpty();
  }

  @Test
  void whoTicksDoesNotWaitForAChange() throws Exception {
    var electorate = new Votes();
    electorate.allowed.drainPermits();
    var roster = roster(member(1, HERE), member(3, THERE));
    roster.tick(electorate);
    electorate.changes.take();
    roster.tick(electorate); // while the first change is under way
    electorate.allowed.release();
    // One that had begun meanwhile would be seen now.
    while (electorate.changes.isEmpty()) {
      roster.tick(electorate);
      assertThat(electorate.atOnce).hasValueLessThanOrEqualTo(1);
      electorate.allowed.release();
    }
  }

  @Test
  void whoDoesNotLeadChangesNothing() {
    var electorate = new Votes();
    electorate.led = false;
    var asked = new ArrayList<String>();
    var roster = new Roster(() -> List.of(member(3, THERE)), _ -> false, asked::add, Runnable::run);
    roster.tick(electorate);
    assertThat(asked).isEmpty();
    assertThat(electorate.changes).isEmpty();
  }

  private Roster roster(MemberRecord... members) {
    return new Roster(() -> List.of(members), _ -> false, _ -> true, threads);
  }

  private static MemberRecord member(long id, String url) {
    return MemberRecord.newBuilder().setId(id).addPeerUrls(url).build();
  }

  /** Of member 1, who never changes; notes what it is asked for, and waits where told to. */
  private static final class Votes implements Roster.Electorate {
    final BlockingQueue<Peers.Configuration> changes = new LinkedBlockingQueue<>();
    final Semaphore allowed = new Semaphore(1);
    volatile boolean led = true;
    volatile Map<Long, String> learners = Map.of();
    final AtomicInteger atOnce = new AtomicInteger();

    @Override
    public boolean isLed() {
      return led;
    }

    @Override
    public Peers.Configuration current() {
      return new Peers.Configuration(Map.of(1L, HERE), learners);
    }

    @Override
    public void change(Peers.Configuration wanted) throws InterruptedException {
      atOnce.incrementAndGet();
      changes.add(wanted);
      allowed.acquire();
      atOnce.decrementAndGet();
    }
  }
}
