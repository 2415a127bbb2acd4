package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.Termination;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.tool.StoreTool;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A second process in the data directory of a running member is turned away at the door. */
class TwoProcessesTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void theSecondIsRefusedAndTheFirstLosesNothing() throws Exception {
    var data = directory.resolve("data");
    int port = FreePort.pick();
    try (var first = new StoreProcess(data, port)) {
      put(first, "a");
      // What a crash left behind is tidied up at a start, and a segment is cut: not here.
      Files.createDirectory(data.resolve("log.incoming"));
      try (var second = new StoreProcess(data, FreePort.pick())) {
        assertThat(second.waitFor()).isEqualTo(1);
      }
      assertThat(data.resolve("log.incoming")).isDirectory();
      assertThat(Files.readString(directory.resolve("store.log")))
          .contains("cannot start with --data-dir " + data + ": " + data + " is in use")
          .doesNotContain("\tat ");
      for (var command : List.of("verify", "dump")) {
        assertThat(tool(data, command)).contains("in use");
      }
      put(first, "b");
      first.kill();
    }
    try (var again = new StoreProcess(data, port)) {
      for (var key : new String[] {"a", "b"}) {
        var asked = RangeRequest.newBuilder().setKey(copyFromUtf8(key)).build();
        assertThat(again.kv().range(asked).getCount()).isOne();
      }
      assertThat(again.terminate()).isZero();
    }
    assertThat(tool(data, "verify")).contains("OK");
  }

  @Test
  void damageIsToldInOneLine() throws Exception {
    try (var store = new TestStore(directory)) {
      assertThat(store.port()).isPositive();
    }
    Files.write(directory.resolve("log/checkpoint"), new byte[30]);
    var options = new StoreOptions();
    new CommandLine(options)
        .parseArgs("--data-dir", directory.toString(), "--listen-client-urls=http://127.0.0.1:0");
    assertThatThrownBy(() -> Main.start(StoreConfig.of(options), new Termination()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cannot start with --data-dir " + directory + ": checkpoint: ")
        .hasMessageContaining("Restore a snapshot");
  }

  private static String tool(Path data, String... command) {
    var output = new StringWriter();
    var writer = new PrintWriter(output, true);
    var arguments = new ArrayList<>(List.of(command));
    arguments.add(data.toString());
    StoreTool.run(writer, writer, arguments.toArray(String[]::new));
    return output.toString();
  }

  private static void put(StoreProcess store, String key) {
    store.kv().put(PutRequest.newBuilder().setKey(copyFromUtf8(key)).build());
  }
}
