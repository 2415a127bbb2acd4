package dev.tiphys.store.audit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What came of comparing members. As etcd has it, what a majority of all members holds is right;
 * where there is none, nobody knows who is.
 *
 * @param byState who was compared, by what each holds; one entry when all agree
 * @param members how many there are, those that could not be compared included
 */
record Verdict(Map<State, List<Long>> byState, int members) {
  /** As etcd has it, an alarm of this member is one of nobody in particular. */
  static final long NOBODY = 0;

  /**
   * What a member holds.
   *
   * @param revision up to which it holds anything
   * @param checksum of it
   */
  record State(long revision, int checksum) {}

  Verdict {
    byState = Map.copyOf(byState);
  }

  /** Judges what each member holds. */
  static Verdict of(Map<Long, State> states, int members) {
    var byState = new LinkedHashMap<State, List<Long>>();
    states.forEach(
        (member, state) -> byState.computeIfAbsent(state, _ -> new ArrayList<>()).add(member));
    return new Verdict(byState, members);
  }

  /** True when nobody who was compared differs from anybody. */
  boolean isAgreed() {
    return byState.size() <= 1;
  }

  /** True when nobody is missing, either. */
  boolean isOfAll() {
    return compared() == members;
  }

  /** How many were compared, the one that compares included. */
  int compared() {
    return byState.values().stream().mapToInt(List::size).sum();
  }

  /** Who does not hold what a majority does; {@link #NOBODY} alone when there is no majority. */
  List<Long> suspects() {
    if (isAgreed()) {
      return List.of();
    }
    int majority = members / 2 + 1;
    if (byState.values().stream().noneMatch(group -> group.size() >= majority)) {
      return List.of(NOBODY);
    }
    return byState.values().stream()
        .filter(group -> group.size() < majority)
        .flatMap(Collection::stream)
        .sorted(Long::compareUnsigned)
        .toList();
  }

  /** Who holds what, for the log. */
  @Override
  public String toString() {
    var groups = new TreeSet<String>();
    byState.forEach((state, group) ->
        groups.add(
            group.stream().map(Long::toHexString).collect(Collectors.joining(",", "[", "]"))
                + "=%08x at revision %d".formatted(state.checksum(), state.revision())));
    return String.join(", ", groups);
  }
}
