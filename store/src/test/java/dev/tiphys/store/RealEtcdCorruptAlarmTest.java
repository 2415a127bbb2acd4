package dev.tiphys.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A real etcd passes it. Skipped where none is installed. */
class RealEtcdCorruptAlarmTest extends CorruptAlarmBehaviour {
  @TempDir private Path directory = Path.of("");
  private @Nullable RealEtcd server;

  @Override
  ManagedChannel connect() throws IOException {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    server = new RealEtcd(directory);
    return server.channel();
  }

  @AfterEach
  void disconnect() throws InterruptedException {
    if (server != null) {
      server.close();
    }
  }
}
