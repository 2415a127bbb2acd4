package dev.tiphys.deploy;

import dev.tiphys.deploy.layout.DataDir;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.StandardOpenOption;

/**
 * Held by whoever starts or mends a cluster: one at a time. Ends with the process at the latest.
 */
final class ClusterLock implements AutoCloseable {
  private final FileChannel channel;
  private final FileLock lock;

  private ClusterLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Takes the lock of a cluster.
   *
   * @throws Failure when another process holds it
   */
  static ClusterLock take(DataDir directory) throws IOException, Failure {
    var channel =
        FileChannel.open(
            directory.root().resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      throw new Failure(
          "Another `tiphys up` or `tiphys repair` is at work in "
              + directory.root()
              + ": wait for it.");
    }
    return new ClusterLock(channel, lock);
  }

  @Override
  public void close() throws IOException {
    lock.release();
    channel.close();
  }
}
