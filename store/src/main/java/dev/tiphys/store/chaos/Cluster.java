package dev.tiphys.store.chaos;

import dev.tiphys.store.Main;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Three members as processes of their own, on free ports of this machine. */
final class Cluster implements AutoCloseable {
  static final int SIZE = 3;

  private final Path directory;
  private final int[] clients = new int[SIZE];
  private final int[] peers = new int[SIZE];
  private final Process[] processes = new Process[SIZE];
  private final List<ManagedChannel> channels = new ArrayList<>();

  /** Starts all members below a directory. */
  Cluster(Path directory) throws IOException {
    this.directory = directory;
    for (int i = 0; i < SIZE; i++) {
      clients[i] = freePort();
      peers[i] = freePort();
      channels.add(
          NettyChannelBuilder.forAddress("127.0.0.1", clients[i])
              .usePlaintext()
              .maxInboundMessageSize(Integer.MAX_VALUE)
              .build());
    }
    for (int i = 0; i < SIZE; i++) {
      start(i);
    }
  }

  ManagedChannel channel(int member) {
    return channels.get(member);
  }

  /** Starts a member anew after {@link #kill}. */
  void start(int member) throws IOException {
    var all =
        IntStream.range(0, SIZE)
            .mapToObj(i -> "m" + i + "=http://127.0.0.1:" + peers[i])
            .collect(Collectors.joining(","));
    processes[member] =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx96m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--name=m" + member,
                "--data-dir=" + directory.resolve("m" + member),
                "--listen-client-urls=http://127.0.0.1:" + clients[member],
                "--listen-peer-urls=http://127.0.0.1:" + peers[member],
                "--initial-cluster=" + all,
                "--snapshot-count=200")
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("m" + member + ".log").toFile()))
            .start();
  }

  /** kill -9. */
  void kill(int member) throws InterruptedException {
    processes[member].destroyForcibly().waitFor();
  }

  /** SIGSTOP, as if the machine had gone to sleep. */
  void freeze(int member) throws IOException, InterruptedException {
    signal("-STOP", member);
  }

  /** SIGCONT. */
  void thaw(int member) throws IOException, InterruptedException {
    signal("-CONT", member);
  }

  @Override
  public void close() throws InterruptedException {
    for (var channel : channels) {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
    for (var process : processes) {
      if (process != null) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private void signal(String name, int member) throws IOException, InterruptedException {
    new ProcessBuilder("kill", name, String.valueOf(processes[member].pid())).start().waitFor();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
