package dev.tiphys.store.raft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a member has promised its leaders and candidates by a moment, and what it was sent. */
final class Promises {
  /**
   * An entry.
   *
   * @param key empty for a configuration
   */
  record Sent(long term, long index, String key, String value) {
    String toMark() {
      return "sends %d %d %s %s".formatted(term, index, key, value);
    }
  }

  private final List<Sent> log = new ArrayList<>();
  private final Map<Long, Map<Long, Sent>> all = new HashMap<>();
  private final Map<Long, Long> votes = new TreeMap<>();
  private long has = -1;
  private long committed = -1;

  /** A copy, which stays as it is. */
  Promises copy() {
    var copy = new Promises();
    copy.log.addAll(log);
    all.forEach((index, sent) -> copy.all.put(index, Map.copyOf(sent)));
    copy.votes.putAll(votes);
    copy.has = has;
    copy.committed = committed;
    return copy;
  }

  /** Takes the next mark of the {@link ScriptedLeader}. */
  void note(String mark) {
    var words = mark.split(" ", -1);
    switch (words[0]) {
      case "sends" -> {
        var sent = new Sent(number(words[1]), number(words[2]), words[3], words[4]);
        log.subList((int) sent.index, log.size()).clear();
        log.add(sent);
        all.computeIfAbsent(sent.index, _ -> new HashMap<>()).put(sent.term, sent);
        has = Math.min(has, sent.index - 1);
      }
      case "has" -> has = number(words[2]);
      case "commits" -> committed = number(words[1]);
      case "votes" -> votes.put(number(words[1]), number(words[2]));
      default -> {}
    }
  }

  private static long number(String word) {
    return Long.parseLong(word);
  }

  /** The last entry that it said it has. */
  long has() {
    return has;
  }

  /** The last entry that it was told is committed. */
  long committed() {
    return committed;
  }

  /** The log of its leader. */
  List<Sent> log() {
    return log;
  }

  /** The entry that was sent with these numbers, if there was one. */
  Map<Long, Sent> sentAt(long index) {
    return all.getOrDefault(index, Map.of());
  }

  /** For whom it voted, by term. */
  Map<Long, Long> votes() {
    return votes;
  }

  /** The state after an entry. */
  Map<String, String> state(long index) {
    var state = new TreeMap<String, String>();
    log.stream()
        .filter(e -> e.index <= index && !e.key.isEmpty())
        .forEach(e -> state.put(e.key, e.value));
    return state;
  }
}
