package dev.tiphys.store;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a stream has sent, to be taken one by one. */
final class Inbox<T> implements StreamObserver<T> {
  private static final long PATIENCE_SECONDS = 20;

  private record Item<T>(@Nullable T value, @Nullable Throwable failure) {}

  private final LinkedBlockingQueue<Item<T>> items = new LinkedBlockingQueue<>();

  T next() throws InterruptedException {
    var item = items.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (item == null) {
      throw new AssertionError("nothing came within " + PATIENCE_SECONDS + " s");
    }
    if (item.value == null) {
      throw new AssertionError("the stream ended", item.failure);
    }
    return item.value;
  }

  @Override
  public void onNext(T value) {
    items.add(new Item<>(value, null));
  }

  @Override
  public void onError(Throwable failure) {
    items.add(new Item<>(null, failure));
  }

  @Override
  public void onCompleted() {
    items.add(new Item<>(null, null));
  }
}
