package dev.tiphys.store;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A real etcd as a process of its own. */
final class RealEtcd implements AutoCloseable {
  static final String MISSING = "no etcd in the PATH; apt-get install etcd-server brings one";

  private final int port;
  private final Process process;
  private final ManagedChannel channel;

  RealEtcd(Path directory, String... flags) throws IOException {
    int client = FreePort.pick();
    int peer = FreePort.pick();
    var url = "http://127.0.0.1:" + client;
    var command =
        new ArrayList<>(
            List.of(
                binary().orElseThrow().toString(),
                "--data-dir=" + directory.resolve("etcd"),
                "--listen-client-urls=" + url,
                "--advertise-client-urls=" + url,
                "--listen-peer-urls=http://127.0.0.1:" + peer,
                "--initial-advertise-peer-urls=http://127.0.0.1:" + peer,
                "--initial-cluster=default=http://127.0.0.1:" + peer));
    command.addAll(List.of(flags));
    this.port = client;
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("etcd.log").toFile())
            .start();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", client).usePlaintext().enableRetry().build();
  }

  static boolean isInstalled() {
    return binary().isPresent();
  }

  int port() {
    return port;
  }

  ManagedChannel channel() {
    return channel;
  }

  @Override
  public void close() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    process.destroy();
    if (!process.waitFor(5, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  private static Optional<Path> binary() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .map(directory -> Path.of(directory, "etcd"))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
