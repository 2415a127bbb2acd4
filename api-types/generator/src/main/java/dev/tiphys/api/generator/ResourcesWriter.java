package dev.tiphys.api.generator;

import static dev.tiphys.api.generator.FieldWriter.strings;
import static dev.tiphys.api.generator.JavaNames.literal;

import dev.tiphys.api.generator.Model.Kind;
import dev.tiphys.api.generator.Model.Struct;
import dev.tiphys.api.generator.options.Resource;
import dev.tiphys.api.generator.options.Scope;
import dev.tiphys.api.generator.options.Subresource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes {@code Resources}: a constant a resource. */
final class ResourcesWriter {

  private final Map<String, Struct> constants = new LinkedHashMap<>();
  private final Map<String, Struct> byName = new LinkedHashMap<>();
  private final List<String> types = new ArrayList<>();
  private final StringBuilder out = new StringBuilder();

  private ResourcesWriter() {}

  static String write(Model model) {
    ResourcesWriter writer = new ResourcesWriter();
    writer.nameConstants(model);
    writer.out.append(HEADER);
    writer.constants.forEach(writer::constant);
    writer.all();
    writer.types();
    writer.out.append("}\n");
    return writer.out.toString();
  }

  /** Stable versions first, and the core group before others, so that these get the short names. */
  private void nameConstants(Model model) {
    for (Struct struct : model.structs()) {
      byName.put(struct.qualifiedName(), struct);
    }
    model.structs().stream()
        .filter(struct -> struct.resource() != null && struct.kind() != null)
        .sorted(java.util.Comparator.comparing(ResourcesWriter::rank))
        .forEach(struct -> constants.put(unusedName(struct), struct));
  }

  private static String rank(Struct struct) {
    Kind kind = kind(struct);
    String stable = kind.version().equals("v1") ? "0" : kind.version().contains("a") ? "2" : "1";
    return stable + kind.group() + "/" + kind.version() + "/" + resource(struct).getPlural();
  }

  private String unusedName(Struct struct) {
    Kind kind = kind(struct);
    String name = JavaNames.constant(resource(struct).getPlural(), kind.name());
    if (!kind.version().equals("v1")) {
      name = name + "_" + kind.version().toUpperCase(Locale.ROOT);
    }
    if (constants.containsKey(name)) {
      String group = kind.group().split("\\.", 2)[0];
      name = group.toUpperCase(Locale.ROOT) + "_" + name;
    }
    if (constants.containsKey(name)) {
      throw new BadDescriptionException("two resources would be called " + name);
    }
    return name;
  }

  private static Kind kind(Struct struct) {
    return java.util.Objects.requireNonNull(struct.kind());
  }

  private static Resource resource(Struct struct) {
    return java.util.Objects.requireNonNull(struct.resource());
  }

  private void constant(String name, Struct struct) {
    Kind kind = kind(struct);
    Resource resource = resource(struct);
    String type = struct.qualifiedName();
    boolean listed = byName.containsKey(type + "List");
    out.append("\n  /** {@code ").append(resource.getPlural()).append("} of {@code ");
    out.append(kind.apiVersion()).append("}. */\n");
    out.append("  public static final ResourceType<").append(type).append("> ").append(name);
    out.append(" =\n      new ResourceType<>(\n");
    out.append("          ").append(gvk(kind)).append(",\n");
    out.append("          ").append(literal(resource.getPlural())).append(",\n");
    out.append("          ").append(literal(resource.getSingular())).append(",\n");
    out.append("          ").append(strings(resource.getShortNamesList())).append(",\n");
    out.append("          ").append(strings(resource.getCategoriesList())).append(",\n");
    out.append("          ").append(resource.getScope() == Scope.NAMESPACED).append(",\n");
    out.append("          ").append(strings(resource.getVerbsList())).append(",\n");
    out.append("          List.of(");
    for (int i = 0; i < resource.getSubresourcesCount(); i++) {
      out.append(i == 0 ? "\n" : ",\n").append("              ");
      out.append(subresource(kind, resource.getSubresources(i)));
    }
    out.append("),\n");
    out.append("          ").append(ref(type)).append(",\n");
    out.append("          ").append(listed ? ref(type + "List") : "null").append(");\n");
  }

  private static String gvk(Kind kind) {
    return "new GroupVersionKind("
        + literal(kind.group())
        + ", "
        + literal(kind.version())
        + ", "
        + literal(kind.name())
        + ")";
  }

  private static String subresource(Kind owner, Subresource subresource) {
    Kind kind =
        new Kind(
            subresource.hasGroup() ? subresource.getGroup() : owner.group(),
            subresource.hasVersion() ? subresource.getVersion() : owner.version(),
            subresource.hasKind() ? subresource.getKind() : owner.name());
    return "new Subresource("
        + literal(subresource.getName())
        + ", "
        + gvk(kind)
        + ", "
        + strings(subresource.getVerbsList())
        + ")";
  }

  private String ref(String type) {
    types.add(type);
    return "new TypeRef<" + type + ">(" + (types.size() - 1) + ")";
  }

  private void all() {
    out.append(
        "\n  /** Every resource that is described; what is served is the server's choice. */\n");
    out.append("  public static final List<ResourceType<?>> ALL =\n      List.of(\n          ");
    out.append(String.join(",\n          ", constants.keySet()));
    out.append(");\n").append(LOOKUPS);
  }

  private void types() {
    out.append(
        """

          /** Refers to a type without loading it. */
          private record TypeRef<T extends Struct>(int index) implements Supplier<StructType<T>> {

            @Override
            @SuppressWarnings("unchecked")
            public StructType<T> get() {
              return (StructType<T>)
                  switch (index) {
        """);
    for (int i = 0; i < types.size(); i++) {
      out.append("            case ").append(i).append(" -> ");
      out.append(types.get(i)).append(".TYPE;\n");
    }
    out.append("            default -> throw new IndexOutOfBoundsException(index);\n");
    out.append("          };\n    }\n  }\n");
  }

  private static final String HEADER =
      """
      package dev.tiphys.api;

      import dev.tiphys.api.schema.ApiObject;
      import dev.tiphys.api.schema.GroupVersionKind;
      import dev.tiphys.api.schema.ResourceType;
      import dev.tiphys.api.schema.ResourceType.Subresource;
      import dev.tiphys.api.schema.Struct;
      import dev.tiphys.api.schema.StructType;
      import java.util.List;
      import java.util.function.Supplier;
      import org.jspecify.annotations.Nullable;

      /**
       * The resources of the API. Versions other than v1 carry theirs in their names; where two groups have
       * a resource of one name, the one outside the core group has its group's first word before it. Making
       * the constants loads no type.
       */
      public final class Resources {

        private Resources() {}
      """;

  private static final String LOOKUPS =
      """

        /** The resource with a plural name in a version of a group, or null if it is not described. */
        public static @Nullable ResourceType<?> find(String group, String version, String plural) {
          for (ResourceType<?> resource : ALL) {
            if (resource.plural().equals(plural)
                && resource.group().equals(group)
                && resource.version().equals(version)) {
              return resource;
            }
          }
          return null;
        }

        /** The resource whose objects are of a kind, or null if there is none. */
        public static @Nullable ResourceType<? extends ApiObject> ofKind(GroupVersionKind kind) {
          for (ResourceType<?> resource : ALL) {
            if (resource.kind().equals(kind)) {
              return resource;
            }
          }
          return null;
        }
      """;
}
