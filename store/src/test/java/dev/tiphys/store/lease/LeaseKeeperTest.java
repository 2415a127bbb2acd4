package dev.tiphys.store.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseRevokeRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseKeeperTest {
  private final List<Long> revoked = new ArrayList<>();
  private final Machine machine = machine();
  private long nanos = 1_000_000_000L;
  private long term = 1;
  private long confirmed = 1;
  private LeaseKeeper keeper = keeper();

  @BeforeEach
  void grant() throws IOException {
    var grant =
        Command.newBuilder().setLeaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(10));
    machine.apply(1, 1, Batch.newBuilder().addCommands(grant).build());
  }

  @Test
  void aLeaseEndsAfterItsTimeAndNotBefore() throws InterruptedException {
    keeper.tick();
    pass(Duration.ofMillis(9_999));
    keeper.tick();
    assertThat(revoked).isEmpty();
    pass(Duration.ofMillis(1));
    keeper.tick();
    assertThat(revoked).containsExactly(7L);
  }

  @Test
  void keepingItAliveStartsItAnew() throws InterruptedException {
    keeper.tick();
    pass(Duration.ofSeconds(9));
    assertThat(keeper.keepAlive(7)).isEqualTo(10);
    pass(Duration.ofSeconds(9));
    keeper.tick();
    assertThat(revoked).isEmpty();
    assertThat(Objects.requireNonNull(keeper.remaining(7)).remaining())
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aLeaseGrantedAnewUnderTheSameIdHasItsFullTime() throws Exception {
    keeper.tick();
    pass(Duration.ofSeconds(9));
    machine.apply(
        1,
        2,
        Batch.newBuilder()
            .addCommands(
                Command.newBuilder().setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(7)))
            .addCommands(
                Command.newBuilder()
                    .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(10)))
            .build());
    keeper.tick();
    pass(Duration.ofSeconds(9));
    keeper.tick();
    assertThat(revoked).isEmpty();
  }

  @Test
  void aLeaseThatRanOutCannotBeKeptAlive() throws InterruptedException {
    keeper.tick();
    pass(Duration.ofSeconds(10));
    assertThat(keeper.keepAlive(7)).isZero();
    assertThat(keeper.keepAlive(8)).isZero();
  }

  @Test
  void aNewLeaderStartsEveryLeaseAnew() throws InterruptedException {
    keeper.tick();
    pass(Duration.ofSeconds(9));
    keeper = keeper();
    keeper.tick();
    pass(Duration.ofSeconds(9));
    keeper.tick();
    assertThat(revoked).isEmpty();
  }

  @Test
  void whoDoesNotLeadEndsNothing() throws InterruptedException {
    keeper.tick();
    lead(0);
    pass(Duration.ofSeconds(60));
    keeper.tick();
    lead(2);
    keeper.tick();
    assertThat(revoked).isEmpty();
  }

  @Test
  void whoLeadsAgainWithinOneLookStartsEveryLeaseAnew() throws InterruptedException {
    keeper.tick();
    pass(Duration.ofSeconds(9));
    lead(3);
    pass(Duration.ofSeconds(9));
    keeper.tick();
    assertThat(revoked).isEmpty();
    assertThat(keeper.keepAlive(7)).isEqualTo(10);
  }

  @Test
  void whoIsNotConfirmedAsTheLeaderEndsNothing() throws InterruptedException {
    keeper.tick();
    confirmed = 0;
    pass(Duration.ofSeconds(60));
    keeper.tick();
    assertThat(revoked).isEmpty();
    confirmed = term;
    keeper.tick();
    assertThat(revoked).containsExactly(7L);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private void lead(long in) {
    term = in;
    confirmed = in;
  }

  private LeaseKeeper keeper() {
    var lead =
        new LeaseKeeper.Lead() {
          @Override
          public long term() {
            return term;
          }

          @Override
          public long confirmedTerm() {
            return confirmed;
          }
        };
    return new LeaseKeeper(
        machine::leases,
        lead,
        () -> nanos,
        (lease, in) -> {
          assertThat(in).isEqualTo(term);
          revoked.add(lease);
        });
  }

  private static Machine machine() {
    try {
      return new Machine(new FlakyDisk(0), RevisionLog.Limits.DEFAULT);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
