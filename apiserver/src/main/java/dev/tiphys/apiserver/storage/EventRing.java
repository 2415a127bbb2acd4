package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened lately to the objects of a resource, and how all of them were after each step:
 * watches begin and pages go on in here. Used under its cache's lock.
 */
final class EventRing<T extends ApiObject> {

  private record Step<T extends ApiObject>(
      Transition<T> transition, SortedTree<StoredObject<T>> after) {}

  private final Deque<Step<T>> steps = new ArrayDeque<>();
  private long floor;
  private SortedTree<StoredObject<T>> atFloor;

  /** Knows of one state only. */
  EventRing(long revision, SortedTree<StoredObject<T>> state) {
    this.floor = revision;
    this.atFloor = state;
  }

  /** Since when everything is known. */
  long floor() {
    return floor;
  }

  /** All objects as they were at the floor. */
  WatchCache.Snapshot<T> atFloor() {
    return new WatchCache.Snapshot<>(atFloor, floor);
  }

  int size() {
    return steps.size();
  }

  /** Adds what happened and forgets what is too old or too much. */
  void add(Transition<T> transition, SortedTree<StoredObject<T>> after) {
    steps.add(new Step<>(transition, after));
    trim(transition.at());
  }

  /**
   * Adds what happened before.
   *
   * @param past in order, from behind the new floor up to the present one
   */
  void prepend(List<Transition<T>> past, long newFloor) {
    for (Transition<T> transition : past.reversed()) {
      steps.addFirst(new Step<>(transition, atFloor));
      StoredObject<T> before = transition.before();
      atFloor =
          before == null
              ? atFloor.without(transition.path())
              : atFloor.with(transition.path(), before);
    }
    floor = newFloor;
  }

  /** Forgets what is too old or too much. */
  void trim(Instant now) {
    Instant oldest = now.minus(Limits.RING_WINDOW);
    while (steps.size() > Limits.RING_MAX
        || (steps.size() > Limits.RING_MIN && steps.element().transition().at().isBefore(oldest))) {
      Step<T> forgotten = steps.remove();
      floor = forgotten.transition().revision();
      atFloor = forgotten.after();
    }
  }

  /** What happened after a revision that is not below the floor, in order. */
  List<Transition<T>> after(long revision) {
    List<Transition<T>> found = new ArrayList<>();
    Iterator<Step<T>> newestFirst = steps.descendingIterator();
    while (newestFirst.hasNext()) {
      Transition<T> transition = newestFirst.next().transition();
      if (transition.revision() <= revision) {
        break;
      }
      found.add(transition);
    }
    Collections.reverse(found);
    return found;
  }

  /** All objects as they were at a revision; null if that is forgotten. */
  @Nullable SortedTree<StoredObject<T>> stateAt(long revision) {
    Iterator<Step<T>> newestFirst = steps.descendingIterator();
    while (newestFirst.hasNext()) {
      Step<T> step = newestFirst.next();
      if (step.transition().revision() <= revision) {
        return step.after();
      }
    }
    return revision >= floor ? atFloor : null;
  }
}
