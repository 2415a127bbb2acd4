package dev.tiphys.store;

import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** This store refuses what an etcd refuses. */
class StoreCorruptAlarmTest extends CorruptAlarmBehaviour {
  @TempDir private Path directory = Path.of("");
  private @Nullable TestStore server;

  @Override
  ManagedChannel connect() throws IOException {

    server = new TestStore(directory);
    return server.channel();
  }

  @AfterEach
  void disconnect() throws InterruptedException {
    if (server != null) {
      server.close();
    }
  }
}
