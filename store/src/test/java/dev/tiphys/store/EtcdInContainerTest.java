package dev.tiphys.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.ImageFromDockerfile;

/**
 * The suites against the etcd of Debian's package as an image, which is made here of its program
 * and the libraries that this needs: no registry is asked for anything.
 */
class EtcdInContainerTest {
  private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");
  private static final Path ETCD = Path.of("/usr/bin/etcd");

  @TempDir private static Path directory = Path.of("");
  private static @Nullable DockerEngine engine;
  private static @Nullable ImageFromDockerfile image;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(ETCD.toFile().canExecute(), RealEtcd.MISSING);
    assumeTrue(DockerEngine.isToBeHad(), DockerEngine.MISSING);
    engine = DockerEngine.open(directory);
    image = image();
  }

  @AfterAll
  static void stop() throws Exception {
    if (engine != null) {
      engine.close();
    }
  }

  /** Keys, transactions and leases. */
  @Nested
  class Keys extends EtcdBehaviour {
    private @Nullable Running etcd;

    @Override
    ManagedChannel connect() throws IOException {
      etcd = Running.of(Objects.requireNonNull(image));
      return etcd.channel;
    }

    @Override
    void disconnect() throws InterruptedException {
      if (etcd != null) {
        etcd.close();
      }
    }
  }

  /** Watches. */
  @Nested
  class Watches extends WatchBehaviour {
    private @Nullable Running etcd;

    @Override
    ManagedChannel connect() throws IOException {
      etcd = Running.of(Objects.requireNonNull(image));
      return etcd.channel;
    }

    @Override
    void disconnect() throws InterruptedException {
      if (etcd != null) {
        etcd.close();
      }
    }
  }

  /** An etcd in a container, on free ports of this machine. */
  private record Running(GenericContainer<?> container, ManagedChannel channel)
      implements AutoCloseable {

    static Running of(ImageFromDockerfile image) throws IOException {
      int port = FreePort.pick();
      var clients = "http://127.0.0.1:" + port;
      var peers = "http://127.0.0.1:" + FreePort.pick();
      var container =
          new GenericContainer<>(image)
              .withNetworkMode("host")
              .withCommand(
                  "--data-dir=/data",
                  "--listen-client-urls=" + clients,
                  "--advertise-client-urls=" + clients,
                  "--listen-peer-urls=" + peers,
                  "--initial-advertise-peer-urls=" + peers,
                  "--initial-cluster=default=" + peers)
              .waitingFor(Wait.forLogMessage(".*serving insecure client requests.*", 1));
      container.start();
      return new Running(
          container,
          NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().enableRetry().build());
    }

    @Override
    public void close() throws InterruptedException {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      container.stop();
    }
  }

  private static ImageFromDockerfile image() throws Exception {
    var files = new ArrayList<>(libraries());
    files.add(ETCD.toString());
    var image =
        new ImageFromDockerfile()
            .withDockerfileFromBuilder(file -> {
              file.from("scratch");
              files.forEach(path -> file.copy(path.substring(1), path));
              // As an array: as a word it would be for a shell, which there is none of.
              file.entryPoint(new String[] {ETCD.toString()});
            });
    files.forEach(path -> image.withFileFromPath(path.substring(1), Path.of(path)));
    return image;
  }

  /** What the dynamic linker would load, the linker included. */
  private static List<String> libraries() throws IOException, InterruptedException {
    var process = new ProcessBuilder("ldd", ETCD.toString()).start();
    var told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return LIBRARY.matcher(told).results().map(found -> found.group(1)).toList();
  }
}
