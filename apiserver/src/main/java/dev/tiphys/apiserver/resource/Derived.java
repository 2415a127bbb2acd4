package dev.tiphys.apiserver.resource;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is made of other things, and made anew by the first who asks after they have changed. Others
 * who ask meanwhile wait for it: what was made before the change is given to nobody any more.
 * Thread-safe.
 *
 * @param <T> what is made
 */
public final class Derived<T> implements Supplier<T> {

  private record Made<T>(long change, T value) {}

  private final Supplier<T> make;
  private final AtomicLong changes = new AtomicLong();
  private final ReentrantLock making = new ReentrantLock();
  private volatile @Nullable Made<T> made;

  /**
   * Nothing is made yet.
   *
   * @param make makes it of what there is now
   */
  public Derived(Supplier<T> make) {
    this.make = make;
  }

  /** Says that what it is made of has changed. */
  public void changed() {
    changes.incrementAndGet();
  }

  @Override
  public T get() {
    Made<T> known = made;
    if (known != null && known.change() == changes.get()) {
      return known.value();
    }
    making.lock();
    try {
      known = made;
      long change = changes.get();
      if (known == null || known.change() != change) {
        known = new Made<>(change, make.get());
        made = known;
      }
      return known.value();
    } finally {
      making.unlock();
    }
  }
}
