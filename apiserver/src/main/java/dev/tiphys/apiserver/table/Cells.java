package dev.tiphys.apiserver.table;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.LabelSelectorRequirement;
import dev.tiphys.api.schema.ApiObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Texts of cells that several kinds share, as {@code kubectl get} has always printed them. */
final class Cells {

  static final String NONE = "<none>";
  static final String UNKNOWN = "<unknown>";
  static final String UNSET = "<unset>";

  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;
  private static final long YEAR = 365 * DAY;

  private Cells() {}

  static String name(ApiObject object) {
    return text(object.metadata().name());
  }

  static String age(ApiObject object, Instant now) {
    return since(object.metadata().creationTimestamp(), now);
  }

  static String since(@Nullable Instant then, Instant now) {
    return then == null ? UNKNOWN : duration(Duration.between(then, now));
  }

  /** A duration in at most two units, coarser the longer it is: {@code 45s}, {@code 3m10s}. */
  static String duration(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < -1) {
      return "<invalid>";
    }
    if (seconds < 0) {
      return "0s";
    }
    if (seconds < 2 * MINUTE) {
      return seconds + "s";
    }
    if (seconds < 10 * MINUTE) {
      return twoUnits(seconds, MINUTE, "m", 1, "s");
    }
    if (seconds < 3 * HOUR) {
      return seconds / MINUTE + "m";
    }
    if (seconds < 8 * HOUR) {
      return twoUnits(seconds, HOUR, "h", MINUTE, "m");
    }
    if (seconds < 2 * DAY) {
      return seconds / HOUR + "h";
    }
    if (seconds < 8 * DAY) {
      return twoUnits(seconds, DAY, "d", HOUR, "h");
    }
    if (seconds < 2 * YEAR) {
      return seconds / DAY + "d";
    }
    return seconds < 8 * YEAR ? twoUnits(seconds, YEAR, "y", DAY, "d") : seconds / YEAR + "y";
  }

  private static String twoUnits(
      long seconds, long large, String largeName, long small, String smallName) {
    long rest = seconds % large / small;
    return seconds / large + largeName + (rest == 0 ? "" : rest + smallName);
  }

  static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  static String textOr(@Nullable String value, String otherwise) {
    return value == null || value.isEmpty() ? otherwise : value;
  }

  /** What is made of a value, or what stands for its absence. */
  static <A> @Nullable Object when(
      @Nullable A value, Function<A, @Nullable Object> text, Object otherwise) {
    return value == null ? otherwise : text.apply(value);
  }

  /** As Go prints a flag that may be absent. */
  static String flag(@Nullable Boolean value) {
    return value == null ? UNSET : value ? "True" : "False";
  }

  static int number(@Nullable Integer value) {
    return value == null ? 0 : value;
  }

  static String joined(List<String> values) {
    return values.isEmpty() ? NONE : String.join(",", values);
  }

  static String labels(Map<String, String> labels) {
    List<String> pairs = new ArrayList<>(labels.size());
    new TreeMap<>(labels).forEach((key, value) -> pairs.add(key + "=" + value));
    return joined(pairs);
  }

  static String selector(@Nullable LabelSelector selector) {
    if (selector == null) {
      return NONE;
    }
    List<String> terms = new ArrayList<>();
    new TreeMap<>(selector.matchLabels()).forEach((key, value) -> terms.add(key + "=" + value));
    for (LabelSelectorRequirement term : selector.matchExpressions()) {
      terms.add(requirement(term));
    }
    return joined(terms);
  }

  private static String requirement(LabelSelectorRequirement term) {
    String key = text(term.key());
    String values = "(" + String.join(",", term.values().stream().sorted().toList()) + ")";
    return switch (text(term.operator())) {
      case "In" -> key + " in " + values;
      case "NotIn" -> key + " notin " + values;
      case "DoesNotExist" -> "!" + key;
      default -> key;
    };
  }

  static String containerNames(List<Container> containers) {
    return String.join(",", containers.stream().map(c -> text(c.name())).toList());
  }

  static String containerImages(List<Container> containers) {
    return String.join(",", containers.stream().map(c -> text(c.image())).toList());
  }

  /** At most three of a list, and how many more there are. */
  static String firstThree(List<String> values, String separatorBeforeRest) {
    if (values.isEmpty()) {
      return NONE;
    }
    int shown = Math.min(3, values.size());
    String text = String.join(",", values.subList(0, shown));
    return values.size() > shown
        ? text + separatorBeforeRest + (values.size() - shown) + " more..."
        : text;
  }
}
