package dev.tiphys.cli.describe;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.tree.View;
import java.util.Set;
import java.util.TreeMap;

/** Writes objects of any kind, member by member. Pure. */
final class Generic {

  private static final Set<String> TOP = Set.of("name", "namespace", "labels", "annotations");

  private Generic() {}

  /** Writes an object. */
  static void describe(Page page, View object) {
    page.field(0, "Name", object.at("metadata", "name").text());
    page.field(0, "Namespace", object.at("metadata", "namespace").text());
    page.labelsAndAnnotations(object);
    page.field(0, "API Version", object.at("apiVersion").text());
    page.field(0, "Kind", object.at("kind").text());
    page.line(0, "Metadata:");
    new TreeMap<>(object.at("metadata").members())
        .forEach((name, value) -> {
          if (!TOP.contains(name) && !name.equals("managedFields")) {
            member(page, 1, name, value);
          }
        });
    new TreeMap<>(object.members())
        .forEach((name, value) -> {
          if (!Set.of("apiVersion", "kind", "metadata").contains(name)) {
            member(page, 0, name, value);
          }
        });
  }

  /** Writes the members of an object, by name. */
  static void members(Page page, int level, View object) {
    new TreeMap<>(object.members()).forEach((name, value) -> member(page, level, name, value));
  }

  private static void member(Page page, int level, String name, View value) {
    switch (value.tree()) {
      case JsonTree.Obj _ -> {
        page.line(level, title(name) + ":");
        members(page, level + 1, value);
      }
      case JsonTree.Arr _ -> {
        page.line(level, title(name) + ":");
        for (View each : value.items()) {
          if (each.tree() instanceof JsonTree.Obj) {
            members(page, level + 1, each);
          } else {
            page.line(level + 1, each.text());
          }
        }
      }
      default -> page.field(level, title(name), value.text());
    }
  }

  /** {@code clusterIPs} as {@code Cluster IPs}. */
  static String title(String name) {
    String spaced = name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ");
    return spaced.isEmpty()
        ? spaced
        : Character.toUpperCase(spaced.charAt(0)) + spaced.substring(1);
  }
}
