package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.AuthGrpc;
import dev.tiphys.store.rpc.AuthUserListRequest;
import dev.tiphys.store.rpc.ClusterGrpc;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseTimeToLiveRequest;
import dev.tiphys.store.rpc.MemberListRequest;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.tool.StoreTool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data directories as commit 1ad6a73 wrote them, in format 1 of segments and with no sum in the
 * identity, taken from a running member as a kill leaves them. {@code lone.zip} is a member's that
 * was always alone, {@code raft.zip} one's that was the first of two and is alone again.
 *
 * <p>Each holds 18 puts of {@code v0} to {@code v17} to {@code k0} to {@code k3} in turn, the
 * deletion of the last two of these, {@code leased} with lease 0x77, {@code t1} and {@code t2}
 * written by one transaction, and the user {@code u}; it is compacted 14 revisions before the end.
 */
class OldDirectoryTest {
  private static final int KEYS = 5;

  @TempDir private Path directory = Path.of("");

  @Test
  void aLoneMembersDirectoryIsOpenedAndCarriedOn() throws Exception {
    unpack("lone.zip");
    carryOn(22);
  }

  @Test
  void aDirectoryWithARaftLogIsOpenedAndCarriedOn() throws Exception {
    unpack("raft.zip");
    carryOn(24);
  }

  @Test
  void itIsVerifiedAndSalvaged() throws Exception {
    unpack("raft.zip");
    assertThat(verify("--salvage=" + directory.resolve("saved"))).contains("raft-entries=");
    Files.move(directory.resolve("data"), directory.resolve("old"));
    Files.move(directory.resolve("saved"), directory.resolve("data"));
    carryOn(24);
  }

  /** Every member that opens it says what it cannot read, and leaves it as it is. */
  @Test
  void aFormatThatIsNotKnownIsRefusedWithWords() throws Exception {
    unpack("lone.zip");
    var identity = directory.resolve("data/identity");
    Files.writeString(identity, Files.readString(identity).replace("format=1", "format=9"));
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("identity: format 9 is not known here; this release reads 1");
  }

  private void carryOn(long revision) throws Exception {
    for (int start = 0; start < 2; start++) {
      try (var store = open()) {
        check(store, revision);
      }
    }
    try (var store = open()) {
      var put = PutRequest.newBuilder().setKey(copyFromUtf8("new")).build();
      assertThat(KVGrpc.newBlockingStub(store.channel()).put(put).getHeader().getRevision())
          .isEqualTo(revision + 1);
    }
    try (var store = open()) {
      assertThat(range(store, "new", 0).getCount()).isOne();
      assertThat(range(store, "t2", revision).getKvs(0).getModRevision()).isEqualTo(revision);
    }
    assertThat(verify()).contains("OK").contains("newest-revision=" + (revision + 1));
  }

  private static void check(TestStore store, long revision) {
    var all = range(store, "", 0);
    assertThat(all.getHeader().getRevision()).isEqualTo(revision);
    assertThat(all.getKvsList().stream().filter(kv -> kv.getModRevision() > revision - 21))
        .as("keys of the fill")
        .hasSize(KEYS);
    assertThat(range(store, "k1", 0).getKvs(0).getValue()).isEqualTo(copyFromUtf8("v17"));
    // Before the deletion, and before that.
    assertThat(range(store, "k3", revision - 3).getKvs(0).getValue())
        .isEqualTo(copyFromUtf8("v15"));
    assertThat(range(store, "k1", revision - 4).getKvs(0).getValue())
        .isEqualTo(copyFromUtf8("v13"));
    assertThatThrownBy(() -> range(store, "k1", revision - 15)).hasMessageContaining("compacted");
    var lease =
        LeaseGrpc.newBlockingStub(store.channel())
            .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(0x77).setKeys(true).build());
    assertThat(lease.getGrantedTTL()).isEqualTo(5000);
    assertThat(lease.getKeysList()).containsExactly(copyFromUtf8("leased"));
    assertThat(
            AuthGrpc.newBlockingStub(store.channel())
                .userList(AuthUserListRequest.getDefaultInstance())
                .getUsersList())
        .containsExactly("u");
    assertThat(
            ClusterGrpc.newBlockingStub(store.channel())
                .memberList(MemberListRequest.getDefaultInstance())
                .getMembersList())
        .singleElement()
        .matches(member -> member.getName().equals("m0"));
  }

  /** An empty key: all of them. */
  private static RangeResponse range(TestStore store, String key, long revision) {
    var request = RangeRequest.newBuilder().setRevision(revision);
    var zero = ByteString.copyFrom(new byte[1]);
    if (key.isEmpty()) {
      request.setKey(zero).setRangeEnd(zero);
    } else {
      request.setKey(copyFromUtf8(key));
    }
    return KVGrpc.newBlockingStub(store.channel()).range(request.build());
  }

  private TestStore open() throws IOException {
    return new TestStore(
        directory.resolve("data"),
        "--name=m0",
        "--listen-peer-urls=http://127.0.0.1:" + FreePort.pick(),
        "--disk-reserve-bytes=0");
  }

  private String verify(String... options) {
    var output = new StringWriter();
    var writer = new PrintWriter(output, true);
    var arguments = new ArrayList<>(List.of(options));
    arguments.addFirst("verify");
    arguments.add(directory.resolve("data").toString());
    StoreTool.run(writer, writer, arguments.toArray(String[]::new));
    return output.toString();
  }

  private void unpack(String name) throws IOException {
    try (var in =
        new ZipInputStream(
            Objects.requireNonNull(OldDirectoryTest.class.getResourceAsStream(name)))) {
      for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        var file = directory.resolve("data").resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(Objects.requireNonNull(file.getParent()));
          Files.copy(in, file);
        }
      }
    }
  }
}
