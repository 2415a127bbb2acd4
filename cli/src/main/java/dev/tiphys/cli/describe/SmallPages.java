package dev.tiphys.cli.describe;

import dev.tiphys.cli.tree.View;
import java.util.TreeMap;

/** Writes kinds that have little to say. Pure. */
final class SmallPages {

  private SmallPages() {}

  static void namespace(Page page, View namespace) {
    page.field(0, "Name", namespace.at("metadata", "name").text());
    page.labelsAndAnnotations(namespace);
    page.field(0, "Status", namespace.at("status", "phase").text());
    WorkloadPage.conditions(page, namespace.at("status"));
  }

  static void configMap(Page page, View configMap) {
    head(page, configMap);
    page.line(0, "");
    page.line(0, "Data");
    page.line(0, "====");
    new TreeMap<>(configMap.at("data").texts())
        .forEach((key, value) -> {
          page.line(0, key + ":");
          page.line(0, "----");
          page.line(0, value);
          page.line(0, "");
        });
    page.line(0, "");
    page.line(0, "BinaryData");
    page.line(0, "====");
    new TreeMap<>(configMap.at("binaryData").texts())
        .forEach((key, value) -> page.line(0, key + ": " + bytes(value) + " bytes"));
    page.line(0, "");
  }

  /** Never shows what a secret holds. */
  static void secret(Page page, View secret) {
    head(page, secret);
    page.line(0, "");
    page.field(0, "Type", secret.at("type").text());
    page.line(0, "");
    page.line(0, "Data");
    page.line(0, "====");
    new TreeMap<>(secret.at("data").texts())
        .forEach((key, value) -> page.field(0, key, bytes(value) + " bytes"));
  }

  private static void head(Page page, View object) {
    page.field(0, "Name", object.at("metadata", "name").text());
    page.field(0, "Namespace", object.at("metadata", "namespace").text());
    page.labelsAndAnnotations(object);
  }

  private static int bytes(String base64) {
    int padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
    return base64.length() / 4 * 3 - padding;
  }
}
