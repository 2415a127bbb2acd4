package dev.tiphys.store.bolt;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tiphys.store.record.AuthRecord;
import dev.tiphys.store.record.Checkpoint;
import dev.tiphys.store.record.LeaseRecord;
import dev.tiphys.store.rpc.AlarmMember;
import dev.tiphys.store.rpc.AlarmType;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.Role;
import dev.tiphys.store.rpc.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdSnapshotTest {
  private static final int RECORDS = 20_000;

  @TempDir private Path directory = Path.of("");

  /** A record to be written. */
  private record Written(long revision, int number, boolean deletion, KeyValue value) {
    @Override
    public String toString() {
      return deletion
          ? "deleted " + value.getKey().toStringUtf8() + " " + revision
          : value.toString();
    }
  }

  /** What was read, as text. */
  private static final class Records implements EtcdSnapshot.Taker {
    private final List<String> all = new ArrayList<>();

    @Override
    public void put(KeyValue record, int number) {
      all.add(record.toString());
    }

    @Override
    public void delete(ByteString key, long revision, int number) {
      all.add("deleted " + key.toStringUtf8() + " " + revision);
    }
  }

  @Test
  void whatWasWrittenIsReadInOrder() throws Exception {
    var file = directory.resolve("db");
    var state =
        Checkpoint.newBuilder()
            .setCompacted(7)
            .addLeases(LeaseRecord.newBuilder().setId(5).setTtlSeconds(60))
            .addLeases(LeaseRecord.newBuilder().setId(-5).setTtlSeconds(70))
            .addAlarms(AlarmMember.newBuilder().setMemberID(-1).setAlarm(AlarmType.CORRUPT))
            .setAuth(
                AuthRecord.newBuilder()
                    .setEnabled(true)
                    .setRevision(9)
                    .addUsers(User.newBuilder().setName(copyFromUtf8("root")).addRoles("root"))
                    .addRoles(Role.newBuilder().setName(copyFromUtf8("root"))));
    var written = records();
    write(file, written, state.build());
    var read = new Records();
    var found = EtcdSnapshot.read(file, read);
    assertThat(read.all).isEqualTo(written.stream().map(Written::toString).toList());
    assertThat(found.build()).isEqualTo(state.setRevision(found.getRevision()).build());
    assertThat(found.getRevision()).isEqualTo(written.getLast().revision);
    assertThat(EtcdSnapshot.check(file))
        .isEqualTo(new EtcdSnapshot.Status(found.getRevision(), 7, RECORDS, Files.size(file)));
  }

  @Test
  void anEmptyStateIsAFileToo() throws Exception {
    var file = directory.resolve("db");
    write(file, List.of(), Checkpoint.getDefaultInstance());
    var read = new Records();
    assertThat(EtcdSnapshot.read(file, read).getRevision()).isEqualTo(1);
    assertThat(read.all).isEmpty();
  }

  @Test
  void whatComesNextIsToldAndSummedUp() throws Exception {
    var sum = MessageDigest.getInstance("SHA-256");
    var remaining = new ArrayList<Long>();
    var last = new byte[1][];
    long[] bytes = {0};
    stream(records(), Checkpoint.getDefaultInstance())
        .give((part, rest) -> {
          if (rest == 0 && !remaining.isEmpty() && remaining.getLast() == 0) {
            last[0] = part;
          } else {
            bytes[0] += part.length;
            sum.update(part);
          }
          remaining.add(rest);
        });
    assertThat(last[0]).isEqualTo(sum.digest());
    assertThat(remaining).isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(remaining.getFirst() + (64 << 10)).isEqualTo(bytes[0]);
    assertThat(bytes[0] % 4096).isZero();
  }

  /** Values of half a page would take a page each, were there no leaves of several pages. */
  @Test
  void aFileIsHardlyLargerThanWhatIsInIt() throws Exception {
    var file = directory.resolve("db");
    var written = new ArrayList<Written>();
    for (int i = 0; i < 1000; i++) {
      written.add(put("k" + i, 2 + i, 0, new byte[2100]));
    }
    write(file, written, Checkpoint.getDefaultInstance());
    assertThat(Files.size(file)).isLessThan(2_700_000);
  }

  @Test
  void aSourceThatChangesMeanwhileIsRefused() {
    var records = records();
    var source =
        new SnapshotStream(
            Checkpoint.getDefaultInstance(),
            into -> {
              show(records, into);
              records.removeLast();
            });
    assertThatThrownBy(() -> source.give((_, _) -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("changed meanwhile");
  }

  @Test
  void damageIsRefusedWithTheFilesName() throws Exception {
    var file = directory.resolve("db");
    write(file, records(), Checkpoint.getDefaultInstance());
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> EtcdSnapshot.read(file, new Records()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
    whole[whole.length / 2] ^= 1;
    Files.write(file, whole);
    assertThatThrownBy(() -> EtcdSnapshot.check(file))
        .hasMessageContaining(file.toString())
        .hasMessageContaining("its checksum does not match");
    Files.writeString(file, "no database at all");
    assertThatThrownBy(() -> EtcdSnapshot.read(file, new Records()))
        .hasMessageContaining("not the database of an etcd");
  }

  private static void write(Path file, List<Written> records, Checkpoint state)
      throws IOException, InterruptedException {
    try (var out = Files.newOutputStream(file)) {
      stream(records, state).give((bytes, _) -> out.write(bytes));
    }
  }

  private static SnapshotStream stream(List<Written> records, Checkpoint state) {
    return new SnapshotStream(state, into -> show(records, into));
  }

  private static void show(List<Written> records, SnapshotStream.Records into)
      throws IOException, InterruptedException {
    for (var record : records) {
      into.record(
          record.revision,
          record.number,
          record.deletion,
          record.value.toByteString().asReadOnlyByteBuffer());
    }
  }

  /** Small and big values, several records a revision, deletions; three levels of pages. */
  private static List<Written> records() {
    var random = new Random(1);
    var records = new ArrayList<Written>();
    long revision = 2;
    int number = 0;
    for (int i = 0; i < RECORDS; i++) {
      var key = "key" + random.nextInt(100);
      if (random.nextInt(10) == 0) {
        var deleted = KeyValue.newBuilder().setKey(copyFromUtf8(key)).build();
        records.add(new Written(revision, number, true, deleted));
      } else {
        byte[] value = new byte[random.nextInt(200) == 0 ? 50_000 : random.nextInt(400)];
        random.nextBytes(value);
        records.add(put(key, revision, number, value));
      }
      boolean more = random.nextInt(3) == 0;
      revision += more ? 0 : 1;
      number = more ? number + 1 : 0;
    }
    return records;
  }

  private static Written put(String key, long revision, int number, byte[] value) {
    var record =
        KeyValue.newBuilder()
            .setKey(copyFromUtf8(key))
            .setModRevision(revision)
            .setCreateRevision(2)
            .setVersion(1)
            .setValue(ByteString.copyFrom(value));
    return new Written(revision, number, false, record.build());
  }
}
