package dev.tiphys.store.bench;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.StatusRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A member that runs on this machine and may be ended and started again: by the command line that
 * it has. What it writes then is discarded. On Linux only. For one thread.
 */
final class LocalMember {
  private static final Duration TRY = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(2);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final ByteString NO_KEY = ByteString.copyFromUtf8("\0");

  private final String endpoint;
  private final ManagedChannel channel;
  private final List<String> command;
  private final Path folder;
  private ProcessHandle process;

  /**
   * Looks at a process.
   *
   * @throws IOException if there is none, or it is somebody else's
   */
  LocalMember(String endpoint, ManagedChannel channel, long pid) throws IOException {
    this.endpoint = endpoint;
    this.channel = channel;
    this.process =
        ProcessHandle.of(pid)
            .orElseThrow(() -> new IOException("--pids: there is no process " + pid));
    var proc = Path.of("/proc", Long.toString(pid));
    this.command =
        List.of(Files.readString(proc.resolve("cmdline"), StandardCharsets.UTF_8).split("\0"));
    this.folder = proc.resolve("cwd").toRealPath();
  }

  String endpoint() {
    return endpoint;
  }

  /** Memory that it holds, in bytes. */
  long residentBytes() throws IOException {
    return Long.parseLong(status("VmRSS:").replaceAll("\\D", "")) << 10;
  }

  /** What the kernel tells of the process. */
  private String status(String name) throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith(name)) {
        return line.substring(name.length()).strip();
      }
    }
    throw new IOException("process " + process.pid() + " has ended");
  }

  /** Whether it leads now; false when it does not answer. */
  boolean leads() {
    try {
      var status =
          MaintenanceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(TRY.toMillis(), TimeUnit.MILLISECONDS)
              .status(StatusRequest.getDefaultInstance());
      return status.getLeader() == status.getHeader().getMemberId();
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  /** Ends it as a power cut would; returns at once. */
  void kill() {
    process.destroyForcibly();
  }

  /** Asks it to end; returns at once. */
  void terminate() {
    process.destroy();
  }

  /**
   * Waits until it has ended. The JDK would look ever more rarely, up to seconds late.
   *
   * @throws IOException when it does not end
   */
  void awaitEnd() throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!hasEnded()) {
      if (System.nanoTime() > deadline) {
        throw new IOException("process " + process.pid() + " does not end within " + PATIENCE);
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /** True also when only the one who started it has not looked yet. */
  private boolean hasEnded() {
    try {
      return !process.isAlive() || status("State:").startsWith("Z");
    } catch (IOException e) {
      return true;
    }
  }

  /** Starts it again; returns at once. */
  void start() throws IOException {
    process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .toHandle();
  }

  long pid() {
    return process.pid();
  }

  /** Waits until it answers a linearizable range. */
  void awaitServing() throws IOException {
    var range = RangeRequest.newBuilder().setKey(NO_KEY).build();
    await(kv -> kv.range(range));
  }

  /** Writes by it until a write is acknowledged. */
  void awaitWrite(ByteString key) throws IOException {
    var put = PutRequest.newBuilder().setKey(key).setValue(NO_KEY).build();
    await(kv -> kv.put(put));
  }

  /** One call. */
  @FunctionalInterface
  private interface Question {
    void ask(KVGrpc.KVBlockingStub kv);
  }

  private void await(Question question) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        // What waits for a connection would wait for gRPC's own pause between two tries as well.
        channel.resetConnectBackoff();
        question.ask(
            KVGrpc.newBlockingStub(channel)
                .withDeadlineAfter(TRY.toMillis(), TimeUnit.MILLISECONDS));
        return;
      } catch (StatusRuntimeException e) {
        if (System.nanoTime() > deadline) {
          throw new IOException(
              endpoint + " does not serve within " + PATIENCE + ": " + e.getStatus(), e);
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }
}
