package dev.tiphys.apiserver.storage;

import dev.tiphys.apiserver.grpc.GrpcChannel;
import dev.tiphys.apiserver.http.TestCertificates;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real etcd on free ports of loopback, with its data in a folder. The system property {@code
 * tiphys.test.etcd} names another program that takes etcd's flags, to hold it to the same suite.
 */
public final class EtcdProcess implements AutoCloseable {

  private static final Path PROGRAM =
      Path.of(System.getProperty("tiphys.test.etcd", "/usr/bin/etcd"));

  private final Path folder;
  private final int clientPort;
  private final int peerPort;
  private final @Nullable TestCertificates certificates;
  private final List<String> flags;
  private @Nullable Process process;

  private EtcdProcess(
      Path folder,
      int clientPort,
      int peerPort,
      @Nullable TestCertificates certificates,
      List<String> flags) {
    this.folder = folder;
    this.clientPort = clientPort;
    this.peerPort = peerPort;
    this.certificates = certificates;
    this.flags = flags;
  }

  /** Whether the machine has one; Debian's package is etcd-server. */
  public static boolean installed() {
    return Files.isExecutable(PROGRAM);
  }

  /** Starts one. */
  public static EtcdProcess start(Path folder) throws IOException {
    return started(new EtcdProcess(folder, freePort(), freePort(), null, List.of()));
  }

  /** Starts one that lets in only whom the CA knows. */
  static EtcdProcess start(Path folder, TestCertificates certificates) throws IOException {
    return started(new EtcdProcess(folder, freePort(), freePort(), certificates, List.of()));
  }

  /** Starts one that may keep so much before it refuses to write. */
  static EtcdProcess start(Path folder, int quotaBytes) throws IOException {
    return started(
        new EtcdProcess(
            folder, freePort(), freePort(), null, List.of("--quota-backend-bytes=" + quotaBytes)));
  }

  private static EtcdProcess started(EtcdProcess etcd) throws IOException {
    etcd.start();
    return etcd;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Where it serves. */
  public URI endpoint() {
    return URI.create((certificates == null ? "http" : "https") + "://127.0.0.1:" + clientPort);
  }

  /** Starts it (again), on the same ports and data. */
  void start() throws IOException {
    String client = endpoint().toString();
    String peer = "http://127.0.0.1:" + peerPort;
    List<String> command =
        new ArrayList<>(
            List.of(
                PROGRAM.toString(),
                "--data-dir=" + folder.resolve("data"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer,
                "--logger=zap"));
    if (certificates != null) {
      command.addAll(
          List.of(
              "--cert-file=" + certificates.file("server.crt"),
              "--key-file=" + certificates.file("server.key"),
              "--trusted-ca-file=" + certificates.file("ca.crt"),
              "--client-cert-auth"));
    }
    command.addAll(flags);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("etcd.log").toFile())
            .start();
  }

  /** Ends it as a power cut would. */
  void kill() throws IOException {
    Process running = process;
    if (running == null) {
      return;
    }
    running.destroyForcibly();
    try {
      if (!running.waitFor(10, TimeUnit.SECONDS)) {
        throw new IOException("etcd does not die");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process = null;
  }

  /** Drops history up to a revision. */
  void compact(long revision) {
    try (GrpcChannel channel = new GrpcChannel(List.of(endpoint()), null)) {
      byte[] request = new EtcdWriter().number(1, revision).done();
      channel.unary("/etcdserverpb.KV/Compact", request, Duration.ofSeconds(10), false).join();
    }
  }

  @Override
  public void close() throws IOException {
    kill();
  }
}
