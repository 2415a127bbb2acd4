package dev.tiphys.store;

import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** This store behaves as an etcd. */
class StoreBehaviourTest extends EtcdBehaviour {
  // Static: a field of the instance would be filled only after the server has started.
  @TempDir private static Path directory = Path.of("");
  private @Nullable TestStore store;

  @Override
  ManagedChannel connect() throws IOException {
    store = new TestStore(directory);
    return store.channel();
  }

  @Override
  void disconnect() throws InterruptedException {
    if (store != null) {
      store.close();
    }
  }
}
