package dev.tiphys.apiserver.strategy.batch;

import java.util.ArrayList;
import java.util.List;

/**
 * Indexes of a job's pods as a text: numbers and intervals in rising order, {@code 1,3-5,7}. Pure.
 */
final class IndexText {

  private record Interval(int first, int last) {}

  private IndexText() {}

  /**
   * How many indexes there are.
   *
   * @throws IllegalArgumentException if the text is none, or names indexes that the job has not
   */
  static int count(String text, int completions) {
    int total = 0;
    for (Interval interval : parse(text, completions)) {
      total += interval.last() - interval.first() + 1;
    }
    return total;
  }

  /** An index that both texts name, or -1. Texts that are none name nothing. */
  static int shared(String one, String other, int completions) {
    try {
      List<Interval> others = parse(other, completions);
      for (Interval mine : parse(one, completions)) {
        for (Interval theirs : others) {
          if (mine.first() <= theirs.last() && theirs.first() <= mine.last()) {
            return Math.max(mine.first(), theirs.first());
          }
        }
      }
      return -1;
    } catch (IllegalArgumentException _) {
      // The faulty one of the two is told of where its form is checked.
      return -1;
    }
  }

  private static List<Interval> parse(String text, int completions) {
    List<Interval> intervals = new ArrayList<>();
    if (text.isEmpty()) {
      return intervals;
    }
    for (String part : text.split(",", -1)) {
      String[] ends = part.split("-", -1);
      if (ends.length > 2) {
        throw new IllegalArgumentException(
            "the fragment \""
                + part
                + "\" violates the requirement that an index interval can have at most two parts"
                + " separated by '-'");
      }
      int first = index(ends[0], completions);
      int last = ends.length == 1 ? first : index(ends[1], completions);
      if (ends.length == 2 && first >= last) {
        throw unordered(first, last);
      }
      if (!intervals.isEmpty() && intervals.getLast().last() >= first) {
        throw unordered(intervals.getLast().last(), first);
      }
      intervals.add(new Interval(first, last));
    }
    return intervals;
  }

  private static IllegalArgumentException unordered(int previous, int current) {
    return new IllegalArgumentException(
        "non-increasing order, previous: " + previous + ", current: " + current);
  }

  private static int index(String text, int completions) {
    if (!text.matches("[+-]?[0-9]{1,18}")) {
      throw new IllegalArgumentException(
          "cannot convert string to integer for index: \"" + text + "\"");
    }
    long number = Long.parseLong(text);
    if (number >= completions) {
      throw new IllegalArgumentException("too large index: \"" + text + "\"");
    }
    return (int) number;
  }
}
