package dev.tiphys.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** The suite itself is right: a real etcd passes it. Skipped where none is installed. */
class RealEtcdWatchBehaviourTest extends WatchBehaviour {
  // Static: a field of the instance would be filled only after the server has started.
  @TempDir private static Path directory = Path.of("");
  private @Nullable RealEtcd etcd;

  @Override
  ManagedChannel connect() throws IOException, InterruptedException {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    etcd = new RealEtcd(directory);
    return etcd.channel();
  }

  @Override
  void disconnect() throws InterruptedException {
    if (etcd != null) {
      etcd.close();
    }
  }
}
