package dev.tiphys.api.generator;

import static dev.tiphys.api.generator.JavaNames.javadoc;
import static dev.tiphys.api.generator.JavaNames.literal;

import dev.tiphys.api.generator.Model.Kind;
import dev.tiphys.api.generator.Model.ListOf;
import dev.tiphys.api.generator.Model.MapOf;
import dev.tiphys.api.generator.Model.Member;
import dev.tiphys.api.generator.Model.Ref;
import dev.tiphys.api.generator.Model.Role;
import dev.tiphys.api.generator.Model.Struct;
import dev.tiphys.api.generator.Model.Type;
import java.util.List;
import java.util.stream.Collectors;

/** Writes one record with its type, its {@code with…} methods and its builder. */
final class RecordWriter {

  private static final String SCHEMA = "dev.tiphys.api.schema.";
  private static final String NULLABLE = "@org.jspecify.annotations.Nullable ";

  private final Struct struct;
  private final StringBuilder out = new StringBuilder();

  private RecordWriter(Struct struct) {
    this.struct = struct;
  }

  static String write(Struct struct) {
    RecordWriter writer = new RecordWriter(struct);
    writer.header();
    writer.constants();
    writer.constructor();
    writer.structMethods();
    writer.guardedToString();
    writer.withers();
    writer.builder();
    writer.out.append("}\n");
    return writer.out.toString();
  }

  private void header() {
    line("package " + struct.javaPackage() + ";");
    line("");
    line("/** " + docOr(struct.doc(), struct.javaName()) + " */");
    line("@SuppressWarnings({\"unchecked\", \"rawtypes\"})");
    String components =
        struct.members().stream()
            .map(member -> "\n    " + declared(member) + " " + member.javaName())
            .collect(Collectors.joining(","));
    line("public record " + struct.javaName() + "(" + components + ")");
    line("    implements " + contract() + " {");
  }

  private String contract() {
    return switch (struct.role()) {
      case STRUCT -> SCHEMA + "Struct";
      case OBJECT -> SCHEMA + "ApiObject";
      case LIST -> SCHEMA + "ApiList<" + itemType().java() + ">";
    };
  }

  private Type itemType() {
    for (Member member : struct.members()) {
      if (member.jsonName().equals("items") && member.type() instanceof ListOf list) {
        return list.element();
      }
    }
    throw new BadDescriptionException(struct.openApiName() + " is a list without items");
  }

  /** Lists, maps and the metadata of objects and lists are never null. */
  private boolean neverNull(Member member) {
    return member.type() instanceof ListOf || member.type() instanceof MapOf || isMetadata(member);
  }

  private boolean isMetadata(Member member) {
    return struct.role() != Role.STRUCT && member.jsonName().equals("metadata");
  }

  private String declared(Member member) {
    return neverNull(member) ? member.type().java() : nullable(member.type());
  }

  private static String nullable(Type type) {
    String java = type.java();
    int generics = java.indexOf('<');
    int dot = java.lastIndexOf('.', generics < 0 ? java.length() : generics);
    return dot < 0
        ? NULLABLE + java
        : java.substring(0, dot + 1) + NULLABLE + java.substring(dot + 1);
  }

  private void constants() {
    String name = struct.javaName();
    line("");
    line("  /** The description of the fields. */");
    line("  public static final " + SCHEMA + "StructType<" + name + "> TYPE =");
    line("      new " + SCHEMA + "StructType<>(");
    line("          " + literal(struct.openApiName()) + ",");
    Kind kind = struct.kind();
    if (kind != null) {
      line("          new " + SCHEMA + "GroupVersionKind(");
      line(
          "              "
              + literal(kind.group())
              + ", "
              + literal(kind.version())
              + ", "
              + literal(kind.name())
              + "),");
    }
    if (struct.atomic()) {
      line(kind == null ? "          null, true," : "          true,");
    }
    List<Member> members = struct.members();
    line("          java.util.List.of(");
    for (int i = 0; i < members.size(); i++) {
      String comma = i + 1 < members.size() ? "," : "";
      line("              " + FieldWriter.write(i, members.get(i)) + comma);
    }
    line("          ),");
    line("          " + TypesWriter.factory(struct.qualifiedName()) + ");");
    if (kind == null) {
      line("");
      line("  /** With no field set. */");
      String nulls = members.stream().map(_ -> "null").collect(Collectors.joining(", "));
      line("  public static final " + name + " EMPTY = new " + name + "(" + nulls + ");");
    }
  }

  private void constructor() {
    line("");
    line("  /** Makes a value of the fields; lists and maps are copied. Null is absent. */");
    line("  public " + struct.javaName() + " {");
    for (Member member : struct.members()) {
      String name = member.javaName();
      String value =
          switch (member.type()) {
            case ListOf _ -> "dev.tiphys.api.schema.Values.list(" + name + ")";
            case MapOf _ -> "dev.tiphys.api.schema.Values.map(" + name + ")";
            case Ref ref when isMetadata(member) ->
                name + " == null ? " + ref.java() + ".EMPTY : " + name;
            default -> "";
          };
      if (!value.isEmpty()) {
        line("    " + name + " = " + value + ";");
      }
    }
    line("  }");
  }

  private void structMethods() {
    String name = struct.javaName();
    List<Member> members = struct.members();
    line("");
    line("  static " + name + " create(@org.jspecify.annotations.Nullable Object[] values) {");
    line("    return new " + name + "(" + indexed(members) + ");");
    line("  }");
    line("");
    line("  @Override");
    line("  public " + SCHEMA + "StructType<" + name + "> structType() {");
    line("    return TYPE;");
    line("  }");
    line("");
    line("  @Override");
    line("  public " + NULLABLE + "Object get(int index) {");
    if (members.isEmpty()) {
      line("    throw new IndexOutOfBoundsException(index);");
      line("  }");
      return;
    }
    line("    return switch (index) {");
    for (int i = 0; i < members.size(); i++) {
      line("      case " + i + " -> " + members.get(i).javaName() + ";");
    }
    line("      default -> throw new IndexOutOfBoundsException(index);");
    line("    };");
    line("  }");
  }

  /** Records that hold secrets say no more than which one they are. */
  private void guardedToString() {
    if (struct.members().stream().noneMatch(Member::sensitive)) {
      return;
    }
    line("");
    line("  /** Names the value; what it holds is secret. */");
    line("  @Override");
    line("  public String toString() {");
    String name =
        struct.role() == Role.OBJECT ? "metadata.namespace() + \"/\" + metadata.name()" : "\"***\"";
    line("    return \"" + struct.javaName() + "[\" + " + name + " + \"]\";");
    line("  }");
  }

  private static String indexed(List<Member> members) {
    StringBuilder arguments = new StringBuilder();
    for (int i = 0; i < members.size(); i++) {
      arguments.append(i == 0 ? "\n        (" : ",\n        (");
      arguments.append(members.get(i).type().java()).append(") values[").append(i).append(']');
    }
    return arguments.toString();
  }

  private void withers() {
    for (Member member : struct.members()) {
      line("");
      line("  /** A copy with another {@code " + member.jsonName() + "}. */");
      if (isMetadata(member) && struct.role() == Role.OBJECT) {
        line("  @Override");
      }
      line(
          "  public "
              + struct.javaName()
              + " with"
              + member.capitalName()
              + "("
              + declared(member)
              + " value) {");
      line("    return toBuilder()." + member.javaName() + "(value).build();");
      line("  }");
    }
  }

  private void builder() {
    line("");
    line("  /** A builder with no field set. */");
    line("  public static Builder builder() {");
    line("    return new Builder();");
    line("  }");
    line("");
    line("  /** A builder with the fields of this value. */");
    line("  public Builder toBuilder() {");
    line("    Builder builder = new Builder();");
    for (Member member : struct.members()) {
      line("    builder." + member.javaName() + " = " + member.javaName() + ";");
    }
    line("    return builder;");
    line("  }");
    line("");
    line("  /** Collects fields; not thread-safe. Setting null makes a field absent. */");
    line("  public static final class Builder {");
    for (Member member : struct.members()) {
      line("    private " + nullable(member.type()) + " " + member.javaName() + ";");
    }
    line("");
    line("    private Builder() {}");
    struct.members().forEach(this::setters);
    line("");
    line("    /** The value. */");
    line("    public " + struct.javaName() + " build() {");
    line(
        struct.members().stream()
            .map(Member::javaName)
            .collect(
                Collectors.joining(
                    ",\n          ",
                    "      return new " + struct.javaName() + "(\n          ",
                    ");")));
    line("    }");
    line("  }");
  }

  private void setters(Member member) {
    line("");
    line("    /** " + docOr(member.doc(), "Sets {@code " + member.jsonName() + "}.") + " */");
    line("    public Builder " + member.javaName() + "(" + nullable(member.type()) + " value) {");
    line("      this." + member.javaName() + " = value;");
    line("      return this;");
    line("    }");
    if (member.type() instanceof ListOf list
        && !(list.element() instanceof ListOf)
        && !(list.element() instanceof MapOf)) {
      line("");
      line("    /** Sets {@code " + member.jsonName() + "}. */");
      line(
          "    public Builder " + member.javaName() + "(" + list.element().java() + "... value) {");
      line("      this." + member.javaName() + " = java.util.List.of(value);");
      line("      return this;");
      line("    }");
    }
  }

  private static String docOr(String doc, String fallback) {
    return doc.isEmpty() ? fallback : javadoc(doc);
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
