package dev.tiphys.apiserver.storage;

import dev.tiphys.apiserver.grpc.GrpcException;
import dev.tiphys.apiserver.grpc.GrpcStream;
import java.util.List;

/**
 * A watch on keys of the store, from a revision on. {@link #take} belongs to one thread; {@link
 * #close} to any.
 */
final class EtcdWatch implements AutoCloseable {

  /**
   * What came at once.
   *
   * @param events of whole revisions, in order; none when the watch has just begun
   * @param revision of the store when it sent this
   */
  record Batch(List<WatchFeed.Event> events, long revision) {}

  private final GrpcStream stream;

  EtcdWatch(GrpcStream stream) {
    this.stream = stream;
  }

  /**
   * Blocks until something comes.
   *
   * @throws CompactedException if what was asked for is gone
   * @throws StorageException.Unavailable if it has ended for any other reason
   */
  Batch take() throws InterruptedException {
    try {
      return EtcdAnswers.watched(stream.take());
    } catch (GrpcException e) {
      throw Etcd.translated(e);
    }
  }

  /** Ends it; whoever waits in {@link #take} is told why. */
  void end(String reason) {
    stream.close(reason);
  }

  @Override
  public void close() {
    stream.close();
  }
}
