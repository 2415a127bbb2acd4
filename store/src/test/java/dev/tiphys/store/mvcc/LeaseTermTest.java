package dev.tiphys.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseRevokeRequest;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A leader's word that a lease ran out counts in its own term only. */
class LeaseTermTest {
  private final Machine machine;

  LeaseTermTest() throws IOException {
    machine = new Machine(new FlakyDisk(0), Rig.LIMITS);
    var grant = LeaseGrantRequest.newBuilder().setID(7).setTTL(10);
    apply(3, 1, Command.newBuilder().setLeaseGrant(grant));
  }

  @Test
  void anEarlierLeaderEndsNothing() throws IOException {
    assertThat(apply(4, 2, revoke().setLeaderTerm(3)))
        .isEqualTo(new Outcome.Refused(StoreError.LEADER_CHANGED));
    assertThat(machine.leases().find(7)).isNotNull();
  }

  @Test
  void theLeaderEndsIt() throws IOException {
    assertThat(apply(4, 2, revoke().setLeaderTerm(4))).isInstanceOf(Outcome.Done.class);
    assertThat(machine.leases().find(7)).isNull();
  }

  @Test
  void aClientAndAnOlderReleaseEndItInAnyTerm() throws IOException {
    assertThat(apply(9, 2, revoke())).isInstanceOf(Outcome.Done.class);
    assertThat(machine.leases().find(7)).isNull();
  }

  private Outcome apply(long term, long index, Command.Builder command) throws IOException {
    return machine.apply(term, index, Batch.newBuilder().addCommands(command).build()).getFirst();
  }

  private static Command.Builder revoke() {
    return Command.newBuilder().setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(7));
  }
}
