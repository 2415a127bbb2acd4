package dev.tiphys.api.generator;

import static dev.tiphys.api.generator.JavaNames.literal;

import dev.tiphys.api.generator.Model.Kind;
import dev.tiphys.api.generator.Model.Struct;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes {@code Kinds}: from group, version and kind to the struct type. */
final class KindsWriter {

  private KindsWriter() {}

  static String write(Model model) {
    Map<String, Map<String, Struct>> byVersion = new LinkedHashMap<>();
    for (Struct struct : model.structs()) {
      Kind kind = struct.kind();
      if (kind != null) {
        byVersion
            .computeIfAbsent(kind.apiVersion(), _ -> new LinkedHashMap<>())
            .putIfAbsent(kind.name(), struct);
      }
    }
    StringBuilder out = new StringBuilder(HEADER);
    byVersion.forEach((apiVersion, kinds) -> {
      out.append("      case ").append(literal(apiVersion)).append(" ->\n");
      out.append("          switch (kind) {\n");
      kinds.forEach((name, struct) ->
          out.append("            case ")
              .append(literal(name))
              .append(" -> ")
              .append(struct.qualifiedName())
              .append(".TYPE;\n"));
      out.append("            default -> null;\n");
      out.append("          };\n");
    });
    return out.append("      default -> null;\n    };\n  }\n")
        .append(all(model))
        .append("}\n")
        .toString();
  }

  private static String all(Model model) {
    StringBuilder out = new StringBuilder();
    out.append(
        """

          /**
           * Every generated struct type, kinds and parts alike, in the order of their descriptions. Loads all
           * of them: for tools and tests, and for those that publish the whole API.
           */
          public static java.util.List<dev.tiphys.api.schema.StructType<?>> allTypes() {
            java.util.List<dev.tiphys.api.schema.StructType<?>> types = new java.util.ArrayList<>();
        """);
    List<String> packages = model.packages();
    for (int i = 0; i < packages.size(); i++) {
      out.append("    add").append(i).append("(types);\n");
    }
    out.append("    return java.util.Collections.unmodifiableList(types);\n  }\n");
    for (int i = 0; i < packages.size(); i++) {
      String javaPackage = packages.get(i);
      out.append("\n  private static void add").append(i);
      out.append("(java.util.List<dev.tiphys.api.schema.StructType<?>> types) {\n");
      for (Struct struct : model.structsOf(javaPackage)) {
        out.append("    types.add(").append(struct.qualifiedName()).append(".TYPE);\n");
      }
      out.append("  }\n");
    }
    return out.toString();
  }

  private static final String HEADER =
      """
      package dev.tiphys.api;

      import dev.tiphys.api.schema.GroupVersionKind;
      import dev.tiphys.api.schema.StructType;
      import org.jspecify.annotations.Nullable;

      /**
       * The struct types of everything that stands alone: objects, their lists, and kinds without a resource
       * of their own such as {@code Status}, {@code Scale} and {@code DeleteOptions}. A type is loaded when
       * it is first asked for.
       */
      public final class Kinds {

        private Kinds() {}

        /** The type of a kind, or null if it is not described here. */
        public static @Nullable StructType<?> find(GroupVersionKind kind) {
          return find(kind.apiVersion(), kind.kind());
        }

        /** The type of a kind by the {@code apiVersion} and {@code kind} of an object, or null. */
        public static @Nullable StructType<?> find(String apiVersion, String kind) {
          return switch (apiVersion) {
      """;
}
