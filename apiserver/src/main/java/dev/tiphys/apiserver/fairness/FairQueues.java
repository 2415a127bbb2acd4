package dev.tiphys.apiserver.fairness;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The queues of one priority level. A flow is dealt a hand of them by its hash (shuffle sharding)
 * and waits in the shortest; of the queues in which somebody waits, the one that has been served
 * least is next (start-time fair queuing), so that a flow that asks for much delays only itself and
 * those few with the same hand. Not thread-safe: {@link FairSeats} has the lock.
 *
 * @param <W> what waits
 */
final class FairQueues<W> {

  /** One queue. */
  final class Queue {
    private final ArrayDeque<W> waiting = new ArrayDeque<>();
    private int running;
    // Nanoseconds of service that it has had, or would have had, had it always wanted some.
    private long served;

    private int load() {
      return waiting.size() + running;
    }
  }

  private final SeatShares.Queues shape;
  private final List<Queue> queues = new ArrayList<>();
  private int waiting;
  private long virtualNow;

  FairQueues(SeatShares.Queues shape) {
    this.shape = shape;
    for (int i = 0; i < shape.count(); i++) {
      queues.add(new Queue());
    }
  }

  SeatShares.Queues shape() {
    return shape;
  }

  /** How many wait. */
  int waiting() {
    return waiting;
  }

  /** The least loaded queue of a flow's hand. */
  Queue queueOf(long hash) {
    Queue best = null;
    for (int index : hand(hash, shape.count(), shape.hand())) {
      Queue queue = queues.get(index);
      if (best == null || queue.load() < best.load()) {
        best = queue;
      }
    }
    if (best == null) {
      throw new IllegalStateException("a hand has at least one queue");
    }
    return best;
  }

  /** Deals different queues by a hash, as cards from a deck. */
  static int[] hand(long hash, int deck, int size) {
    int[] dealt = new int[size];
    long rest = hash;
    for (int i = 0; i < size; i++) {
      int left = deck - i;
      int card = (int) Long.remainderUnsigned(rest, left);
      rest = Long.divideUnsigned(rest, left);
      // The card-th of those that are still in the deck; those dealt before are sorted.
      int at = 0;
      while (at < i && dealt[at] <= card) {
        card++;
        at++;
      }
      System.arraycopy(dealt, at, dealt, at + 1, i - at);
      dealt[at] = card;
    }
    return dealt;
  }

  /** Lets somebody wait; false if the queue is full. */
  boolean offer(Queue queue, W who) {
    if (queue.waiting.size() >= shape.length()) {
      return false;
    }
    queue.waiting.add(who);
    waiting++;
    return true;
  }

  /** Whoever gave up. */
  void remove(Queue queue, W who) {
    if (queue.waiting.remove(who)) {
      waiting--;
    }
  }

  /**
   * Who is next; null if nobody waits, or there is no room for who is.
   *
   * @param room whether there is room for somebody
   * @param width how many seats somebody takes
   */
  @Nullable W next(Predicate<W> room, ToIntFunction<W> width) {
    Queue least = null;
    for (Queue queue : queues) {
      if (!queue.waiting.isEmpty() && (least == null || queue.served < least.served)) {
        least = queue;
      }
    }
    W who = least == null ? null : least.waiting.peek();
    // Nobody narrower goes before, or who is wide would wait for ever.
    if (least == null || who == null || !room.test(who)) {
      return null;
    }
    waiting--;
    begun(least, width.applyAsInt(who));
    return least.waiting.poll();
  }

  /** Notes that a request of a queue is served from now on. */
  void begun(Queue queue, int width) {
    // A queue that wanted nothing for a while has no claim on what others got meanwhile.
    queue.served = Math.max(queue.served, virtualNow);
    virtualNow = queue.served;
    queue.served += width * Limits.EXPECTED_SERVICE.toNanos();
    queue.running++;
  }

  /** Notes how long a request of a queue took. */
  void ended(Queue queue, int width, long nanos) {
    queue.running--;
    queue.served += width * (nanos - Limits.EXPECTED_SERVICE.toNanos());
  }

  /** All who wait, those who came first before others, for queues of another shape. */
  List<W> drain(ToLongFunction<W> arrival) {
    List<W> all = new ArrayList<>();
    for (Queue queue : queues) {
      all.addAll(queue.waiting);
      queue.waiting.clear();
    }
    waiting = 0;
    all.sort(Comparator.comparingLong(arrival));
    return all;
  }
}
