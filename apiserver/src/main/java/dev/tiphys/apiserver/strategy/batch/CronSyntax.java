package dev.tiphys.apiserver.strategy.batch;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether a text is a cron schedule: five fields, or one of the names for common ones. Pure. */
final class CronSyntax {

  private static final List<String> NAMES =
      List.of("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");
  private static final Map<String, Integer> MONTHS =
      numbered("jan feb mar apr may jun jul aug sep oct nov dec", 1);
  private static final Map<String, Integer> DAYS = numbered("sun mon tue wed thu fri sat", 0);

  private record Bounds(String name, int least, int most, Map<String, Integer> words) {}

  private static final List<Bounds> FIELDS =
      List.of(
          new Bounds("minute", 0, 59, Map.of()),
          new Bounds("hour", 0, 23, Map.of()),
          new Bounds("day of month", 1, 31, Map.of()),
          new Bounds("month", 1, 12, MONTHS),
          new Bounds("day of week", 0, 6, DAYS));

  private CronSyntax() {}

  private static Map<String, Integer> numbered(String words, int first) {
    Map<String, Integer> numbers = new java.util.HashMap<>();
    for (String word : words.split(" ")) {
      numbers.put(word, first + numbers.size());
    }
    return Map.copyOf(numbers);
  }

  /** What is wrong, or null. */
  static @Nullable String fault(String schedule) {
    String text = schedule.strip();
    if (text.startsWith("TZ=") || text.startsWith("CRON_TZ=")) {
      // The zone is judged by who allows it at all.
      text = text.substring(text.contains(" ") ? text.indexOf(' ') : text.length()).strip();
    }
    if (text.startsWith("@")) {
      if (text.startsWith("@every ")) {
        return text.substring(7).matches("([0-9]+(\\.[0-9]+)?(h|m|s|ms|us|ns))+")
            ? null
            : "failed to parse duration " + text;
      }
      return NAMES.contains(text) ? null : "unrecognized descriptor: " + text;
    }
    String[] fields = text.split("\\s+");
    if (fields.length != FIELDS.size()) {
      return "expected exactly 5 fields, found "
          + (text.isEmpty() ? 0 : fields.length)
          + ": ["
          + String.join(" ", fields)
          + "]";
    }
    for (int i = 0; i < fields.length; i++) {
      for (String range : fields[i].split(",", -1)) {
        String fault = fault(range, FIELDS.get(i));
        if (fault != null) {
          return fault;
        }
      }
    }
    return null;
  }

  private static @Nullable String fault(String range, Bounds bounds) {
    String[] step = range.split("/", -1);
    if (step.length > 2 || (step.length == 2 && !step[1].matches("[1-9][0-9]{0,3}"))) {
      return "failed to parse step of " + bounds.name() + ": " + range;
    }
    if (step[0].equals("*") || step[0].equals("?")) {
      return null;
    }
    String[] ends = step[0].split("-", -1);
    if (ends.length > 2) {
      return "too many hyphens: " + range;
    }
    int previous = bounds.least();
    for (String end : ends) {
      Integer number = number(end, bounds);
      if (number == null) {
        return "failed to parse " + bounds.name() + " from " + range;
      }
      if (number < bounds.least()) {
        return "beginning of range ("
            + number
            + ") below minimum ("
            + bounds.least()
            + "): "
            + range;
      }
      if (number > bounds.most()) {
        return "end of range (" + number + ") above maximum (" + bounds.most() + "): " + range;
      }
      if (number < previous) {
        return "beginning of range ("
            + previous
            + ") beyond end of range ("
            + number
            + "): "
            + range;
      }
      previous = number;
    }
    return null;
  }

  private static @Nullable Integer number(String text, Bounds bounds) {
    Integer word = bounds.words().get(text.toLowerCase(Locale.ROOT));
    return word != null ? word : text.matches("[0-9]{1,4}") ? Integer.valueOf(text) : null;
  }
}
