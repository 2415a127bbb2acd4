package dev.tiphys.cli.print;

import dev.tiphys.cli.tree.View;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Labels and selectors as text. Pure. */
public final class Labels {

  private Labels() {}

  /** {@code a=1,b=2}, sorted; {@code <none>} for none. */
  public static String shown(View labels) {
    String text = joined(labels.texts(), ",");
    return text.isEmpty() ? "<none>" : text;
  }

  /** {@code a=1,b=2}, sorted, as a selector; empty for none. */
  public static String selector(Map<String, String> labels) {
    return joined(labels, ",");
  }

  private static String joined(Map<String, String> labels, String between) {
    return new TreeMap<>(labels)
        .entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(between));
  }

  /** A LabelSelector as a selector text, as {@code app=web,tier in (a,b)}; empty for none. */
  public static String selector(View labelSelector) {
    StringBuilder text = new StringBuilder(selector(labelSelector.at("matchLabels").texts()));
    for (View each : labelSelector.at("matchExpressions").items()) {
      text.append(text.isEmpty() ? "" : ",").append(expression(each));
    }
    return text.toString();
  }

  private static String expression(View requirement) {
    String key = requirement.at("key").text();
    String values =
        requirement.at("values").items().stream()
            .map(View::text)
            .sorted()
            .collect(Collectors.joining(",", "(", ")"));
    return switch (requirement.at("operator").text()) {
      case "In" -> key + " in " + values;
      case "NotIn" -> key + " notin " + values;
      case "DoesNotExist" -> "!" + key;
      default -> key;
    };
  }
}
