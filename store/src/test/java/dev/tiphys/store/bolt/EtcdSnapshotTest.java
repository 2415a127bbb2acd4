package dev.tiphys.store.bolt;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tiphys.store.record.AuthRecord;
import dev.tiphys.store.record.Checkpoint;
import dev.tiphys.store.record.LeaseRecord;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.Role;
import dev.tiphys.store.rpc.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdSnapshotTest {
  private static final int RECORDS = 5000;

  @TempDir private Path directory = Path.of("");

  /** What was read, or is to be written, as text. */
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
  void whatWasWrittenIsReadInOrder() throws IOException {
    var file = directory.resolve("db");
    var written = new Records();
    var state =
        Checkpoint.newBuilder()
            .setCompacted(7)
            .addLeases(LeaseRecord.newBuilder().setId(5).setTtlSeconds(60))
            .setAuth(
                AuthRecord.newBuilder()
                    .setEnabled(true)
                    .setRevision(9)
                    .addUsers(User.newBuilder().setName(copyFromUtf8("root")).addRoles("root"))
                    .addRoles(Role.newBuilder().setName(copyFromUtf8("root"))));
    write(file, written, state.build());
    var read = new Records();
    var found = EtcdSnapshot.read(file, read);
    assertThat(read.all).isEqualTo(written.all).hasSize(RECORDS);
    assertThat(found.build()).isEqualTo(state.setRevision(found.getRevision()).build());
    assertThat(found.getRevision()).isGreaterThan(RECORDS / 2);
  }

  @Test
  void anEmptyStateIsAFileToo() throws IOException {
    var file = directory.resolve("db");
    try (var writer = new EtcdSnapshot.Writer(file)) {
      writer.finish(Checkpoint.getDefaultInstance());
    }
    var read = new Records();
    assertThat(EtcdSnapshot.read(file, read).getRevision()).isEqualTo(1);
    assertThat(read.all).isEmpty();
  }

  @Test
  void damageIsRefusedWithTheFilesName() throws IOException {
    var file = directory.resolve("db");
    write(file, new Records(), Checkpoint.getDefaultInstance());
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> EtcdSnapshot.read(file, new Records()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
    Files.writeString(file, "no database at all");
    assertThatThrownBy(() -> EtcdSnapshot.read(file, new Records()))
        .hasMessageContaining("not the database of an etcd");
  }

  /** Small and big values, several records a revision, deletions. */
  private static void write(Path file, Records written, Checkpoint state) throws IOException {
    var random = new Random(1);
    try (var writer = new EtcdSnapshot.Writer(file)) {
      long revision = 2;
      for (int i = 0; i < RECORDS; i++) {
        var key = copyFromUtf8("key" + random.nextInt(100));
        if (random.nextInt(10) == 0) {
          writer.delete(key, revision, 0);
          written.delete(key, revision, 0);
        } else {
          byte[] value = new byte[random.nextInt(200) == 0 ? 20_000 : random.nextInt(100)];
          random.nextBytes(value);
          var record =
              KeyValue.newBuilder()
                  .setKey(key)
                  .setModRevision(revision)
                  .setCreateRevision(2)
                  .setVersion(1)
                  .setValue(ByteString.copyFrom(value))
                  .build();
          writer.put(record, 0);
          written.put(record, 0);
        }
        revision += random.nextInt(3) == 0 ? 0 : 1;
      }
      writer.finish(state);
    }
  }
}
