package dev.tiphys.store;

import dev.tiphys.store.rpc.KVGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A store as a process of its own, as it runs in earnest. */
final class StoreProcess implements AutoCloseable {
  private final Process process;
  private final ManagedChannel channel;

  StoreProcess(Path dataDir, int port, String... flags) throws IOException {
    this(List.of(), dataDir, port, flags);
  }

  /** As the other one, by a program that becomes the store in the end. */
  StoreProcess(List<String> by, Path dataDir, int port, String... flags) throws IOException {
    var url = "http://127.0.0.1:" + port;
    var command = new ArrayList<>(by);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "--data-dir=" + dataDir,
            "--listen-client-urls=" + url));
    command.addAll(List.of(flags));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(dataDir.resolveSibling("store.log").toFile()))
            .start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  KVGrpc.KVBlockingStub kv() {
    return KVGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .withDeadlineAfter(2, TimeUnit.MINUTES);
  }

  ManagedChannel channel() {
    return channel;
  }

  /** A path as the process sees it. */
  Path inside(Path path) {
    return Path.of("/proc/" + process.pid() + "/root" + path);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Waits for its end; returns the exit code. */
  int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  /** SIGTERM; returns the exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    return process.waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();
  }
}
