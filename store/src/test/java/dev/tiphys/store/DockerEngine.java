package dev.tiphys.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Docker engine: the machine's, where one runs; else one of the tests' own, with everything that
 * it has in a folder, and without a network of its own: its containers use the machine's.
 */
final class DockerEngine implements AutoCloseable {
  static final String MISSING =
      "no Docker engine runs, and none can be started: that takes root and dockerd"
          + " (apt-get install docker.io)";

  private static final Path SOCKET = Path.of("/var/run/docker.sock");
  private static final Duration SOON = Duration.ofSeconds(60);

  private static final Pattern API_VERSION = Pattern.compile("\"ApiVersion\":\"([0-9.]+)\"");

  /** The system property by which Testcontainers is told how new its requests may be. */
  private static final String VERSION = "api.version";

  private final Path folder;
  private final @Nullable Process process;

  private DockerEngine(Path folder, @Nullable Process process) {
    this.folder = folder;
    this.process = process;
  }

  static boolean isToBeHad() {
    return runs() || ("root".equals(System.getProperty("user.name")) && isInstalled());
  }

  private static boolean runs() {
    return Files.exists(SOCKET) || System.getenv("DOCKER_HOST") != null;
  }

  private static boolean isInstalled() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "dockerd")));
  }

  /** Takes the one that runs, or starts one in a folder whose path is short, as a socket's is. */
  static DockerEngine open(Path folder) throws IOException, InterruptedException {
    if (runs()) {
      return new DockerEngine(folder, null);
    }
    var socket = folder.resolve("docker.sock");
    var process =
        new ProcessBuilder(
                "dockerd",
                "--data-root=" + folder.resolve("data"),
                "--exec-root=" + folder.resolve("exec"),
                "--pidfile=" + folder.resolve("docker.pid"),
                "--host=unix://" + socket,
                "--storage-driver=vfs",
                "--bridge=none",
                "--iptables=false",
                "--ip-forward=false")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("dockerd.log").toFile())
            .start();
    System.setProperty(OwnEngine.SOCKET, socket.toString());
    var engine = new DockerEngine(folder, process);
    try {
      await().atMost(SOON).ignoreExceptions().until(() -> apiVersion(socket) != null);
      // Testcontainers asks for one that Debian's engine is too old for.
      System.setProperty(VERSION, apiVersion(socket));
    } catch (RuntimeException e) {
      engine.close();
      throw new IOException(Files.readString(folder.resolve("dockerd.log")), e);
    }
    return engine;
  }

  private static String apiVersion(Path socket) throws IOException {
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(ByteBuffer.wrap("GET /version HTTP/1.0\r\n\r\n".getBytes(US_ASCII)));
      var answer = new String(Channels.newInputStream(channel).readAllBytes(), US_ASCII);
      return API_VERSION.matcher(answer).results().findFirst().orElseThrow().group(1);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (process != null) {
      System.clearProperty(OwnEngine.SOCKET);
      System.clearProperty(VERSION);
      process.destroy();
      if (!process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      // It leaves the network namespace of containers without a network of their own mounted.
      var mounted = folder.resolve("exec/netns/default");
      if (Files.exists(mounted)) {
        new ProcessBuilder("umount", mounted.toString()).inheritIO().start().waitFor();
      }
    }
  }
}
