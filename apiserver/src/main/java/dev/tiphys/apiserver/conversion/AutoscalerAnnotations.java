package dev.tiphys.apiserver.conversion;

import dev.tiphys.api.codec.JsonTree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What annotations of {@code autoscaling/v1} say of that version's own lacks, as every server
 * writes and reads it: measures in the shape that they had before {@code v2}, behaviour under names
 * that begin with capitals. Pure.
 */
final class AutoscalerAnnotations {

  private static final JsonTree ZERO = new JsonTree.Text("0");

  private AutoscalerAnnotations() {}

  /** Measures of {@code v2} as the annotations have them; {@code current} for those of a status. */
  static JsonTree old(JsonTree metrics, boolean current) {
    return each(metrics, metric -> source(metric, (kind, of) -> old(kind, of, current)));
  }

  /** Measures of the annotations as {@code v2} has them. */
  static JsonTree fresh(JsonTree metrics, boolean current) {
    return each(metrics, metric -> source(metric, (kind, of) -> fresh(kind, of, current)));
  }

  private interface Source {
    JsonTree as(String kind, JsonTree.Obj of);
  }

  private static JsonTree each(JsonTree list, UnaryOperator<JsonTree> change) {
    return list instanceof JsonTree.Arr(List<JsonTree> elements)
        ? new JsonTree.Arr(elements.stream().map(change).toList())
        : new JsonTree.Arr(List.of());
  }

  /** A measure has a type and, under the name of the type, what it is made of. */
  private static JsonTree source(JsonTree metric, Source change) {
    Map<String, JsonTree> members = new LinkedHashMap<>();
    if (metric instanceof JsonTree.Obj(Map<String, JsonTree> old)) {
      old.forEach((name, value) ->
          members.put(name, value instanceof JsonTree.Obj of ? change.as(name, of) : value));
    }
    return new JsonTree.Obj(members);
  }

  private static JsonTree old(String kind, JsonTree.Obj of, boolean current) {
    Map<String, JsonTree> old = new LinkedHashMap<>();
    String prefix = current ? "current" : "target";
    JsonTree.Obj amount = object(of, current ? "current" : "target");
    JsonTree.Obj metric = object(of, "metric");
    JsonTree value = amount.get("value");
    JsonTree average = amount.get("averageValue");
    switch (kind) {
      case "object" -> {
        put(old, "target", of.get("describedObject"));
        put(old, "metricName", metric.get("name"));
        put(old, prefix + "Value", value == null ? ZERO : value);
        put(old, "selector", metric.get("selector"));
        put(old, "averageValue", average);
      }
      case "pods" -> {
        put(old, "metricName", metric.get("name"));
        put(old, prefix + "AverageValue", average == null ? ZERO : average);
        put(old, "selector", metric.get("selector"));
      }
      case "external" -> {
        put(old, "metricName", metric.get("name"));
        put(old, "metricSelector", metric.get("selector"));
        put(old, prefix + "Value", value == null && current ? ZERO : value);
        put(old, prefix + "AverageValue", average);
      }
      default -> {
        put(old, "name", of.get("name"));
        put(old, prefix + "AverageUtilization", amount.get("averageUtilization"));
        put(old, prefix + "AverageValue", average == null && current ? ZERO : average);
        put(old, "container", of.get("container"));
      }
    }
    return new JsonTree.Obj(old);
  }

  private static JsonTree fresh(String kind, JsonTree.Obj of, boolean current) {
    Map<String, JsonTree> fresh = new LinkedHashMap<>();
    Map<String, JsonTree> metric = new LinkedHashMap<>();
    Map<String, JsonTree> amount = new LinkedHashMap<>();
    String prefix = current ? "current" : "target";
    JsonTree average = of.get(kind.equals("object") ? "averageValue" : prefix + "AverageValue");
    JsonTree value = of.get(prefix + "Value");
    JsonTree utilization = of.get(prefix + "AverageUtilization");
    if (kind.endsWith("esource")) {
      put(fresh, "name", of.get("name"));
      put(fresh, "container", of.get("container"));
    } else {
      put(metric, "name", of.get("metricName"));
      put(metric, "selector", of.get(kind.equals("external") ? "metricSelector" : "selector"));
      put(fresh, "metric", new JsonTree.Obj(metric));
      put(fresh, "describedObject", kind.equals("object") ? of.get("target") : null);
    }
    if (!current) {
      String type =
          utilization != null ? "Utilization" : average != null ? "AverageValue" : "Value";
      amount.put("type", new JsonTree.Text(type));
    }
    // An old object's value was there even where only the average counts.
    put(amount, "value", average != null && ZERO.equals(value) ? null : value);
    put(amount, "averageValue", average);
    put(amount, "averageUtilization", utilization);
    fresh.put(current ? "current" : "target", new JsonTree.Obj(amount));
    return new JsonTree.Obj(fresh);
  }

  private static JsonTree.Obj object(JsonTree.Obj of, String name) {
    return of.get(name) instanceof JsonTree.Obj found ? found : new JsonTree.Obj(Map.of());
  }

  private static void put(Map<String, JsonTree> members, String name, @Nullable JsonTree value) {
    if (value != null && !(value instanceof JsonTree.Null)) {
      members.put(name, value);
    }
  }

  /** Behaviour of {@code v2} as the annotation has it. */
  static JsonTree capitalized(JsonTree behavior) {
    return renamed(
        behavior, name -> name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1));
  }

  /** Behaviour of the annotation as {@code v2} has it. */
  static JsonTree uncapitalized(JsonTree behavior) {
    return renamed(
        behavior, name -> name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1));
  }

  private static JsonTree renamed(JsonTree tree, UnaryOperator<String> name) {
    return switch (tree) {
      case JsonTree.Obj(Map<String, JsonTree> members) -> {
        Map<String, JsonTree> renamed = new LinkedHashMap<>();
        members.forEach((key, value) -> {
          if (!key.isEmpty()) {
            put(renamed, name.apply(key), renamed(value, name));
          }
        });
        yield new JsonTree.Obj(renamed);
      }
      case JsonTree.Arr(List<JsonTree> elements) -> {
        List<JsonTree> renamed = new ArrayList<>();
        elements.forEach(element -> renamed.add(renamed(element, name)));
        yield new JsonTree.Arr(renamed);
      }
      default -> tree;
    };
  }
}
