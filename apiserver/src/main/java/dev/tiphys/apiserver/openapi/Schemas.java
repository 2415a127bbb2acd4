package dev.tiphys.apiserver.openapi;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.schema.ApiDocs;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Field.ListKind;
import dev.tiphys.api.schema.Field.PatchStrategy;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.schema.TreeSchema;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes the schemas of types, and of the types that they refer to. For one document and one
 * thread.
 */
final class Schemas {

  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
  private static final String TIME = META + "Time";
  private static final String MICRO_TIME = META + "MicroTime";
  private static final String DURATION = META + "Duration";
  private static final String QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
  private static final String INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";

  private final Dialect dialect;
  private final ApiDocs docs;
  private final TreeMap<String, StructType<?>> structs = new TreeMap<>();
  private final Deque<StructType<?>> unwalked = new ArrayDeque<>();
  private final Set<String> scalars = new TreeSet<>();

  Schemas(Dialect dialect, ApiDocs docs) {
    this.dialect = dialect;
    this.docs = docs;
  }

  /** Adds a type, with all that it refers to. */
  void add(StructType<?> type) {
    enqueue(type);
    while (!unwalked.isEmpty()) {
      for (Field field : unwalked.pop().fields()) {
        walk(field.type());
      }
    }
  }

  private void enqueue(StructType<?> type) {
    if (structs.putIfAbsent(type.name(), type) == null) {
      unwalked.push(type);
    }
  }

  private void walk(FieldType type) {
    switch (type) {
      case FieldType.StructRef ref -> enqueue(ref.target().get());
      case FieldType.ListOf list -> walk(list.element());
      case FieldType.MapOf map -> walk(map.value());
      case FieldType.Tree _ -> {}
      case FieldType.Scalar scalar -> {
        String name = named(scalar);
        if (name != null) {
          scalars.add(name);
        }
      }
    }
  }

  private static @Nullable String named(FieldType.Scalar scalar) {
    return switch (scalar) {
      case TIME -> TIME;
      case MICRO_TIME -> MICRO_TIME;
      case DURATION -> DURATION;
      case QUANTITY -> QUANTITY;
      case INT_OR_STRING -> INT_OR_STRING;
      default -> null;
    };
  }

  /** Writes all schemas as members of an object, sorted by name. */
  void write(Sink out) {
    Set<String> names = new TreeSet<>(structs.keySet());
    names.addAll(scalars);
    for (String name : names) {
      out.name(name);
      StructType<?> type = structs.get(name);
      if (type == null) {
        scalar(out, name);
      } else {
        struct(out, type);
      }
    }
  }

  private void scalar(Sink out, String name) {
    out.open();
    switch (name) {
      case TIME, MICRO_TIME ->
          out.text("description", "A point in time, in RFC 3339.")
              .text("format", "date-time")
              .text("type", "string");
      case DURATION ->
          out.text("description", "A length of time, as 1h30m.").text("type", "string");
      case QUANTITY -> dialect.quantity(out);
      default -> dialect.intOrString(out);
    }
    out.close();
  }

  private void struct(Sink out, StructType<?> type) {
    GroupVersionKind kind = type.kind();
    out.open();
    TreeSchema schema = type.schema();
    String description = schema == null ? docs.of(type) : schema.source().description();
    if (description != null) {
      out.text("description", description);
    }
    List<String> required =
        schema == null
            ? type.fields().stream().filter(Field::required).map(Field::name).toList()
            : schema.source().required();
    if (!required.isEmpty()) {
      out.texts("required", required);
    }
    out.name("properties").open();
    if (kind != null) {
      typeMeta(out, "apiVersion", "Which version of which group this is.");
    }
    boolean kindWritten = kind == null;
    for (Field field : type.fields().stream().sorted(Schemas::byName).toList()) {
      if (field.isRest()) {
        continue;
      }
      if (!kindWritten && field.name().compareTo("kind") > 0) {
        typeMeta(out, "kind", "What this is.");
        kindWritten = true;
      }
      out.name(field.name());
      field(out, type, field);
    }
    if (!kindWritten) {
      typeMeta(out, "kind", "What this is.");
    }
    out.close();
    out.text("type", "object");
    if (kind != null) {
      kinds(out, type, kind);
    }
    if (type.atomic()) {
      out.text("x-kubernetes-map-type", "atomic");
    }
    if (schema != null && schema.preservesUnknown()) {
      out.flag("x-kubernetes-preserve-unknown-fields", true);
    }
    out.close();
  }

  private static int byName(Field a, Field b) {
    return a.name().compareTo(b.name());
  }

  private static void typeMeta(Sink out, String name, String description) {
    out.name(name).open().text("description", description).text("type", "string").close();
  }

  private void kinds(Sink out, StructType<?> type, GroupVersionKind kind) {
    out.name("x-kubernetes-group-version-kind").openList();
    for (GroupVersionKind one : dialect.kindsOf(type, kind)) {
      gvk(out, one);
    }
    out.closeList();
  }

  static void gvk(Sink out, GroupVersionKind kind) {
    out.open()
        .text("group", kind.group())
        .text("kind", kind.kind())
        .text("version", kind.version())
        .close();
  }

  private void field(Sink out, StructType<?> owner, Field field) {
    out.open();
    if (field.type() instanceof FieldType.Tree tree) {
      new TreeSchemas(dialect.isV3()).write(out, tree.schema());
      out.close();
      return;
    }
    String description = docs.of(owner, field);
    if (description != null) {
      out.text("description", description);
    }
    boolean described = description != null || field.defaultValue() != null;
    type(out, field.type(), described);
    if (field.defaultValue() != null) {
      out.name("default").json(JsonCodec.valueToString(field.type(), field.defaultValue()));
    }
    if (!field.enumValues().isEmpty()) {
      out.texts("enum", field.enumValues());
    }
    merging(out, field);
    out.close();
  }

  private static void merging(Sink out, Field field) {
    if (field.type() instanceof FieldType.ListOf) {
      if (field.listKind() == ListKind.MAP) {
        out.texts("x-kubernetes-list-map-keys", field.listMapKeys());
      }
      out.text(
          "x-kubernetes-list-type",
          switch (field.listKind()) {
            case SET -> "set";
            case MAP -> "map";
            case ATOMIC, GRANULAR -> "atomic";
          });
    } else if (field.listKind() == ListKind.ATOMIC) {
      out.text("x-kubernetes-map-type", "atomic");
    }
    if (field.patchMergeKey() != null) {
      out.text("x-kubernetes-patch-merge-key", field.patchMergeKey());
    }
    if (field.patchStrategy() != PatchStrategy.REPLACE) {
      out.text(
          "x-kubernetes-patch-strategy",
          switch (field.patchStrategy()) {
            case MERGE, REPLACE -> "merge";
            case RETAIN_KEYS -> "retainKeys";
            case MERGE_RETAIN_KEYS -> "merge,retainKeys";
          });
    }
  }

  /**
   * Writes a type's keywords into an open object.
   *
   * @param described whether other keywords stand beside it, which a bare reference would hide
   */
  private void type(Sink out, FieldType type, boolean described) {
    switch (type) {
      case FieldType.StructRef ref -> dialect.reference(out, ref.target().get().name(), described);
      case FieldType.ListOf list -> {
        out.name("items").open();
        type(out, list.element(), false);
        out.close().text("type", "array");
      }
      case FieldType.MapOf map -> {
        out.name("additionalProperties").open();
        type(out, map.value(), false);
        out.close().text("type", "object");
      }
      case FieldType.Tree tree -> new TreeSchemas(dialect.isV3()).write(out, tree.schema());
      case FieldType.Scalar scalar -> scalarType(out, scalar, described);
    }
  }

  private void scalarType(Sink out, FieldType.Scalar scalar, boolean described) {
    switch (scalar) {
      case STRING -> out.text("type", "string");
      case BOOL -> out.text("type", "boolean");
      case INT32 -> out.text("format", "int32").text("type", "integer");
      case INT64 -> out.text("format", "int64").text("type", "integer");
      case DOUBLE -> out.text("format", "double").text("type", "number");
      case BYTES -> out.text("format", "byte").text("type", "string");
      case RAW_JSON -> out.text("type", "object");
      case TIME, MICRO_TIME, DURATION, QUANTITY, INT_OR_STRING ->
          dialect.reference(out, String.valueOf(named(scalar)), described);
    }
  }
}
