package dev.tiphys.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.PutRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every segment of the Raft log is looked at, and what is wrong is told. */
class RaftLogWalkTest {
  private static final String CURRENT = "raft/" + new UUID(1, 2) + "/current/";

  private final FlakyDisk data = new FlakyDisk(1);
  private final List<String> damages = new ArrayList<>();
  private final List<Long> entries = new ArrayList<>();
  private final RaftLogBytes first = new RaftLogBytes(1);
  private final RaftLogBytes second = new RaftLogBytes(11);
  private final RaftLogBytes third = new RaftLogBytes(21);

  @Test
  void aWholeLogIsShownInOrder() throws IOException {
    write();
    walk(30);
    assertThat(damages).isEmpty();
    assertThat(entries).isEqualTo(LongStream.rangeClosed(1, 30).boxed().toList());
  }

  @Test
  void damageToASegmentThatIsFullIsTold() throws IOException {
    write();
    current().damage(first.closedName(), first.end(4) + 3);
    current().damage(second.closedName(), 2);
    walk(30);
    assertThat(damages)
        .containsExactly(
            CURRENT + "log_1-10 " + first.end(4) + " entry 5 is damaged or missing true",
            CURRENT + "log_11-20 0 entry 11 is damaged or missing true");
  }

  @Test
  void aSegmentThatIsGoneIsTold() throws IOException {
    write();
    current().delete(second.closedName());
    walk(30);
    assertThat(damages)
        .containsExactly(
            CURRENT + "log_inprogress_21 0 entries 11 to 20 before it are missing true");
  }

  @Test
  void aTornEndIsNoDamage() throws IOException {
    write();
    current().damage(third.openName(), third.end(8) + 3);
    walk(28);
    assertThat(damages)
        .containsExactly(
            CURRENT
                + "log_inprogress_21 "
                + third.end(8)
                + " entry 29 is damaged or missing false");
    damages.clear();
    walk(29);
    assertThat(damages).singleElement().asString().endsWith("true");
  }

  /** The end of a segment that was cut may come back with a power cut; its name says better. */
  @Test
  void whatWasTakenBackIsNoDamage() throws IOException {
    write();
    current().rename(second.closedName(), "log_11-14");
    current().delete(third.openName());
    walk(14);
    assertThat(damages).isEmpty();
    assertThat(entries).isEqualTo(LongStream.rangeClosed(1, 14).boxed().toList());
    current().rename("log_11-14", second.closedName());
    current().shorten(second.closedName(), second.end(4));
    walk(14);
    assertThat(damages).isEmpty();
    walk(15);
    assertThat(damages)
        .containsExactly(
            CURRENT + "log_11-20 " + second.end(4) + " entry 15 is damaged or missing true");
  }

  @Test
  void anEndThatIsGoneIsTold() throws IOException {
    write();
    current().delete(third.openName());
    walk(23);
    assertThat(damages).containsExactly(CURRENT + " 0 entries 21 to 23 are missing true");
  }

  @Test
  void whereThereIsNoLogNothingIsMade() throws IOException {
    walk(5);
    assertThat(data.list()).isEmpty();
  }

  private void write() throws IOException {
    for (int i = 0; i < 10; i++) {
      first.add(put(i));
      second.add(put(2 * i));
      third.add(put(3 * i));
    }
    first.writeClosed(current());
    second.writeClosed(current());
    third.writeOpen(current());
  }

  private static Command put(int bytes) {
    var value = ByteString.copyFrom(new byte[bytes]);
    return Command.newBuilder().setPut(PutRequest.newBuilder().setValue(value)).build();
  }

  private FlakyDisk current() {
    return data.within("raft").within(new UUID(1, 2).toString()).within("current");
  }

  private void walk(long applied) throws IOException {
    entries.clear();
    new RaftLogWalk(data)
        .walk(
            applied,
            -1,
            new RaftLogWalk.Visitor() {
              @Override
              public void file(String name) {}

              @Override
              public void entry(long term, long index, @Nullable Batch batch) {
                entries.add(index);
              }

              @Override
              public void damage(RaftLogWalk.Damage damage) {
                damages.add(
                    "%s %d %s %s"
                        .formatted(
                            damage.file(), damage.offset(), damage.what(), damage.wasSynced()));
              }
            });
  }
}
