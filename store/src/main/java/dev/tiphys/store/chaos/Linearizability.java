package dev.tiphys.store.chaos;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a history of one register can be put into one order in which every operation happens
 * between its call and its answer: Wing and Gong's search, remembering where it has been.
 */
final class Linearizability {
  /** Past so many steps the search is given up. */
  private static final int MAX_STEPS = 2_000_000;

  /** The answer. */
  enum Verdict {
    LINEARIZABLE,
    NOT_LINEARIZABLE,
    UNDECIDED
  }

  private record Seen(BitSet done, long state) {}

  private record Step(int operation, long before) {}

  private final List<Operation> operations;
  private final BitSet done = new BitSet();
  private final Set<Seen> seen = new HashSet<>();
  private final List<Step> path = new ArrayList<>();
  private int answersLeft;

  private Linearizability(List<Operation> history) {
    var observed = new HashSet<Long>();
    for (var operation : history) {
      observed.add(
          operation.kind() == Operation.Kind.READ ? operation.value() : operation.expected());
    }
    // A deletion that found something does not say what: it may have been the only one to see it.
    boolean found =
        history.stream().anyMatch(o -> o.kind() == Operation.Kind.DELETE && o.expected() != 0);
    // What was never answered and never seen may as well not have happened.
    operations =
        history.stream()
            .filter(o -> found || o.answered() || observed.contains(o.value()))
            .sorted(Comparator.comparingLong(Operation::invoked))
            .toList();
    answersLeft = (int) history.stream().filter(Operation::answered).count();
  }

  /** Judges a history, in any order. */
  static Verdict of(List<Operation> history) {
    return new Linearizability(history).search();
  }

  private Verdict search() {
    long state = 0;
    int from = 0;
    for (int steps = 0; steps < MAX_STEPS; steps++) {
      if (answersLeft == 0) {
        return Verdict.LINEARIZABLE;
      }
      int next = candidate(from, state);
      if (next >= 0) {
        path.add(new Step(next, state));
        state = operations.get(next).apply(state);
        done.set(next);
        answersLeft -= operations.get(next).answered() ? 1 : 0;
        from = 0;
      } else {
        if (path.isEmpty()) {
          return Verdict.NOT_LINEARIZABLE;
        }
        var last = path.removeLast();
        state = last.before;
        done.clear(last.operation);
        answersLeft += operations.get(last.operation).answered() ? 1 : 0;
        from = last.operation + 1;
      }
    }
    return Verdict.UNDECIDED;
  }

  /** The next operation, from a place on, that may come now and leads where we were not yet. */
  private int candidate(int from, long state) {
    long firstAnswer = firstAnswer();
    for (int i = from; i < operations.size(); i++) {
      var operation = operations.get(i);
      if (operation.invoked() > firstAnswer) {
        return -1;
      }
      if (done.get(i)) {
        continue;
      }
      long after = operation.apply(state);
      if (after < 0) {
        continue;
      }
      done.set(i);
      boolean isNew = seen.add(new Seen((BitSet) done.clone(), after));
      done.clear(i);
      if (isNew) {
        return i;
      }
    }
    return -1;
  }

  private long firstAnswer() {
    long first = Operation.NEVER;
    for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
      var operation = operations.get(i);
      if (operation.invoked() > first) {
        break;
      }
      first = Math.min(first, operation.returned());
    }
    return first;
  }
}
