package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.bench.BenchCommand;
import dev.tiphys.store.rpc.RangeRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tiphys bench store} on processes that it may end. */
class LifeBenchTest {
  @TempDir private Path directory = Path.of("");

  private final List<StoreProcess> members = new ArrayList<>();
  private final List<Integer> clients = new ArrayList<>();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();

  @BeforeEach
  void start() throws Exception {
    var peers = new ArrayList<String>();
    for (int i = 0; i < 3; i++) {
      clients.add(FreePort.pick());
      peers.add("http://127.0.0.1:" + FreePort.pick());
    }
    var all = new ArrayList<String>();
    for (int i = 0; i < 3; i++) {
      all.add("m" + i + "=" + peers.get(i));
    }
    for (int i = 0; i < 3; i++) {
      members.add(
          new StoreProcess(
              directory.resolve("m" + i),
              clients.get(i),
              "--name=m" + i,
              "--listen-peer-urls=" + peers.get(i),
              "--initial-advertise-peer-urls=" + peers.get(i),
              "--initial-cluster=" + String.join(",", all)));
    }
    for (var member : members) {
      member.kv().range(RangeRequest.getDefaultInstance().toBuilder().setKey(key()).build());
    }
  }

  @AfterEach
  void end() throws Exception {
    for (var member : members) {
      member.close();
    }
    // Those that were started again, by the directory that is only theirs.
    var restarted =
        ProcessHandle.allProcesses().filter(process -> command(process).contains(mine())).toList();
    restarted.forEach(ProcessHandle::destroyForcibly);
    restarted.forEach(process -> process.onExit().join());
  }

  private String mine() {
    return "--data-dir=" + directory;
  }

  /** All of it: what Java tells of a command ends after 4 KB. */
  private static String command(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  @Test
  void memoryRestartAndTheLossOfTheLeaderAreMeasuredAndAllServeAfterwards() {
    var pids =
        members.stream()
            .map(StoreProcess::pid)
            .map(String::valueOf)
            .collect(Collectors.joining(","));

    assertThat(bench("--rows=memory,failover,restart", "--pids=" + pids)).isZero();

    assertThat(told())
        .containsPattern("resident memory of 127.0.0.1:" + clients.get(2) + " +\\| +\\d+")
        .contains("kill -9 of the leader to the next write", "its start to a linearizable range");
    for (var member : members) {
      assertThat(
              member
                  .kv()
                  .range(RangeRequest.newBuilder().setKey(key()).build())
                  .getHeader()
                  .getRevision())
          .isGreaterThan(1);
    }
  }

  @Test
  void whoGivesNoProcessesIsToldToBeforeAnythingIsEnded() {
    assertThat(bench("--rows=restart")).isNotZero();
    assertThat(members).allSatisfy(member -> assertThat(member.isAlive()).isTrue());
  }

  private int bench(String... flags) {
    var all = new ArrayList<>(List.of(flags));
    all.add(
        clients.stream()
            .map(port -> "127.0.0.1:" + port)
            .collect(Collectors.joining(",", "--endpoints=", "")));
    return BenchCommand.run(
        new PrintStream(output, true, StandardCharsets.UTF_8), all.toArray(String[]::new));
  }

  private String told() {
    return output.toString(StandardCharsets.UTF_8);
  }

  private static com.google.protobuf.ByteString key() {
    return com.google.protobuf.ByteString.copyFromUtf8("a");
  }
}
