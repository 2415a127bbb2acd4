package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.lang.ref.SoftReference;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a list in order, the same list for all who ask for the same state of a whole
 * resource or namespace; so what was made of it for one can serve the next. Unmodifiable and
 * thread-safe.
 *
 * @param <T> the type of the objects
 */
public final class StoredList<T extends ApiObject> extends AbstractList<Stored<T>> {

  /** What is made of a list in one encoding. */
  private static final class Made {
    private boolean asked;
    private SoftReference<Object> kept = new SoftReference<>(null);
  }

  private final List<Stored<T>> items;
  private final ReentrantLock lock = new ReentrantLock();
  private final Made[] encoded = new Made[Encoding.SLOTS];
  private final Made[] compressed = new Made[Encoding.SLOTS];

  private StoredList(List<Stored<T>> items) {
    this.items = items;
  }

  /** Keeps the objects of a list. */
  public static <T extends ApiObject> StoredList<T> of(List<Stored<T>> items) {
    return new StoredList<>(List.copyOf(items));
  }

  @Override
  public Stored<T> get(int index) {
    return items.get(index);
  }

  @Override
  public int size() {
    return items.size();
  }

  /**
   * The bytes of all objects together. They are made for the second who asks, and then kept while
   * there is memory to spare: most lists are asked for once, and some by everybody at the same
   * time.
   *
   * @param slot of the encoding, see {@link Encoding#slot}
   * @param make makes them; others who ask wait for it
   * @return null for the first who asks, and for lists too short to be worth it
   */
  public @Nullable List<byte[]> encoded(int slot, Supplier<List<byte[]>> make) {
    return shared(encoded, slot, make);
  }

  /**
   * The same, compressed: kept beside the bytes as they are, for who takes the one does not take
   * the other.
   *
   * @param <V> always the same
   */
  public <V> @Nullable V compressed(int slot, Supplier<V> make) {
    return shared(compressed, slot, make);
  }

  @SuppressWarnings("unchecked") // each of the two holds what one kind of caller makes
  private <V> @Nullable V shared(Made[] slots, int slot, Supplier<V> make) {
    if (slot < 0 || items.size() < Limits.SHARED_LIST) {
      return null;
    }
    lock.lock();
    try {
      Made made = slots[slot];
      if (made == null) {
        made = new Made();
        slots[slot] = made;
      }
      if (!made.asked) {
        made.asked = true;
        return null;
      }
      V known = (V) made.kept.get();
      if (known == null) {
        known = make.get();
        made.kept = new SoftReference<>(known);
      }
      return known;
    } finally {
      lock.unlock();
    }
  }
}
