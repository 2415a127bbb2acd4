package dev.tiphys.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.MemberRecord;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Records of members, written by those who have read them before somebody else changed them. */
class MemberRecordsTest {
  private static final MemberRecord ADDED =
      MemberRecord.newBuilder().setId(7).addPeerUrls("http://a:2380").setLearner(true).build();
  private static final MemberRecord STARTED =
      ADDED.toBuilder().setName("m7").addClientUrls("http://a:2379").build();
  private static final MemberRecord PROMOTED = ADDED.toBuilder().setLearner(false).build();

  private final Machine machine;
  private long index;

  MemberRecordsTest() throws IOException {
    machine = new Machine(new FlakyDisk(0), Rig.LIMITS);
    set(ADDED);
  }

  @Test
  void whoStartsWhileItIsPromotedKeepsItsVote() throws IOException {
    set(PROMOTED);
    set(STARTED);
    assertThat(machine.members()).containsExactly(STARTED.toBuilder().setLearner(false).build());
  }

  @Test
  void whoIsPromotedWhileItStartsKeepsItsName() throws IOException {
    set(STARTED);
    set(PROMOTED);
    assertThat(machine.members()).containsExactly(STARTED.toBuilder().setLearner(false).build());
  }

  @Test
  void whoStartsUnderAnotherNameHasThat() throws IOException {
    set(STARTED);
    var renamed = STARTED.toBuilder().setName("n").setClientUrls(0, "http://b:2379").build();
    set(renamed);
    assertThat(machine.members()).containsExactly(renamed);
  }

  private void set(MemberRecord member) throws IOException {
    var command = Command.newBuilder().setMemberSet(member);
    machine.apply(1, ++index, Batch.newBuilder().addCommands(command).build());
  }
}
