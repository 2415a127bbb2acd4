package dev.tiphys.apiserver.openapi;

import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.StructType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Where the versions of OpenAPI differ, as far as Kubernetes uses them. */
final class Dialect {

  /** Kinds that every group version takes, under its own name. */
  private static final Set<String> EVERYWHERE = Set.of("DeleteOptions", "WatchEvent");

  private final boolean v3;
  private final List<String> groupVersions;

  private Dialect(boolean v3, List<String> groupVersions) {
    this.v3 = v3;
    this.groupVersions = List.copyOf(groupVersions);
  }

  /**
   * OpenAPI 2.0.
   *
   * @param groupVersions all that are served, as {@code apps/v1}
   */
  static Dialect v2(List<String> groupVersions) {
    return new Dialect(false, groupVersions);
  }

  /** OpenAPI 3.0 of one or more group versions. */
  static Dialect v3(List<String> groupVersions) {
    return new Dialect(true, groupVersions);
  }

  boolean isV3() {
    return v3;
  }

  String pathOf(String schema) {
    return (v3 ? "#/components/schemas/" : "#/definitions/") + schema;
  }

  /** Writes a reference into an open object. */
  void reference(Sink out, String schema, boolean described) {
    if (v3 && described) {
      out.name("allOf").openList().open().text("$ref", pathOf(schema)).close().closeList();
    } else {
      out.text("$ref", pathOf(schema));
    }
  }

  void quantity(Sink out) {
    out.text("description", "An amount: a number with an optional suffix, as 500m, 1.5Gi or 2e3.");
    alternatives(out, "string", "number");
  }

  void intOrString(Sink out) {
    out.text("description", "A whole number, or a text such as a percentage or a port's name.")
        .text("format", "int-or-string");
    alternatives(out, "integer", "string");
  }

  private void alternatives(Sink out, String first, String second) {
    if (!v3) {
      out.text("type", "string");
      return;
    }
    out.name("oneOf").openList();
    out.open().text("type", first).close();
    out.open().text("type", second).close();
    out.closeList();
  }

  /** Under which names clients meet a kind. */
  List<GroupVersionKind> kindsOf(StructType<?> type, GroupVersionKind kind) {
    if (!EVERYWHERE.contains(kind.kind())
        || !type.name().startsWith("io.k8s.apimachinery.pkg.apis.meta.v1.")) {
      return List.of(kind);
    }
    List<GroupVersionKind> kinds = new ArrayList<>();
    for (String groupVersion : groupVersions) {
      int slash = groupVersion.indexOf('/');
      kinds.add(
          new GroupVersionKind(
              slash < 0 ? "" : groupVersion.substring(0, slash),
              groupVersion.substring(slash + 1),
              kind.kind()));
    }
    return kinds;
  }
}
