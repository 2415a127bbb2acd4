package dev.tiphys.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was typed, split into the verb and the rest. Pure.
 *
 * @param verb as {@code get} or {@code rollout status}; empty if none was typed
 * @param arguments options and arguments of the verb, wherever they stood
 */
record Words(String verb, List<String> arguments) {

  /** The global options that take the word behind them. */
  private static final Set<String> WITH_VALUE =
      Set.of(
          "-n",
          "--namespace",
          "--context",
          "--kubeconfig",
          "-s",
          "--server",
          "--token",
          "--as",
          "--as-group",
          "--as-uid",
          "--request-timeout",
          "-v",
          "--v");

  /** Options whose value may only stand behind {@code =}, and what they mean without. */
  private static final Map<String, String> OPTIONAL_VALUE =
      Map.of("--dry-run", "unchanged", "--cascade", "background", "--validate", "strict");

  /**
   * Splits.
   *
   * @throws Failure if there is no such verb
   */
  static Words split(List<String> typed) {
    List<String> rest = new ArrayList<>(typed);
    int first = word(rest, 0);
    if (first < 0 || rest.get(first).equals("help") && rest.size() == 1) {
      return new Words("", rest);
    }
    String verb = rest.remove(first);
    if (verb.equals("help")) {
      rest.add("--help");
      return split(rest);
    }
    if (Verbs.isGroup(verb)) {
      int second = word(rest, first);
      if (second >= 0 && Verbs.has(verb + " " + rest.get(second))) {
        verb = verb + " " + rest.remove(second);
      }
    }
    if (!Verbs.has(verb)) {
      throw Failure.plain(
          Verbs.isGroup(verb)
              ? "error: 'tiphys " + verb + "' needs one of: " + Verbs.within(verb)
              : "error: unknown command \"" + verb + "\" for \"tiphys\"");
    }
    return new Words(verb, settled(rest));
  }

  /** Where the next word is that is no option nor an option's value; negative if nowhere. */
  private static int word(List<String> words, int from) {
    for (int i = from; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--")) {
        return -1;
      }
      if (!word.startsWith("-")) {
        return i;
      }
      if (WITH_VALUE.contains(word)) {
        i++;
      }
    }
    return -1;
  }

  private static List<String> settled(List<String> words) {
    List<String> settled = new ArrayList<>();
    boolean options = true;
    for (String word : words) {
      options &= !word.equals("--");
      String value = OPTIONAL_VALUE.get(word);
      settled.add(options && value != null ? word + "=" + value : word);
    }
    return settled;
  }
}
