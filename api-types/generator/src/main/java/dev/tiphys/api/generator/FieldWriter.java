package dev.tiphys.api.generator;

import static dev.tiphys.api.generator.JavaNames.literal;

import dev.tiphys.api.generator.Model.ListOf;
import dev.tiphys.api.generator.Model.MapOf;
import dev.tiphys.api.generator.Model.Member;
import dev.tiphys.api.generator.Model.Ref;
import dev.tiphys.api.generator.Model.Scalar;
import dev.tiphys.api.generator.Model.Type;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the expression that makes one {@code Field}. */
final class FieldWriter {

  private static final String SCHEMA = "dev.tiphys.api.schema.";

  private FieldWriter() {}

  static String write(int index, Member member) {
    String head = index + ", " + literal(member.jsonName()) + ", " + member.number() + ", ";
    if (isPlain(member)) {
      return SCHEMA + "Field.plain(" + head + type(member.type()) + ")";
    }
    return "new "
        + SCHEMA
        + "Field("
        + head
        + ints(member.inlinePath())
        + ", "
        + type(member.type())
        + ", "
        + member.required()
        + ", "
        + member.pointer()
        + ", "
        + (member.defaultJson().isEmpty() ? "null" : defaultValue(member))
        + ", "
        + SCHEMA
        + "Field.ListKind."
        + member.listKind()
        + ", "
        + strings(member.listMapKeys())
        + ", "
        + SCHEMA
        + "Field.PatchStrategy."
        + member.patchStrategy()
        + ", "
        + (member.patchMergeKey().isEmpty() ? "null" : literal(member.patchMergeKey()))
        + ", "
        + strings(member.enumValues())
        + ")";
  }

  private static boolean isPlain(Member member) {
    String usual = member.type() instanceof ListOf ? "ATOMIC" : "GRANULAR";
    return member.inlinePath().isEmpty()
        && !member.required()
        && !member.pointer()
        && member.defaultJson().isEmpty()
        && member.listKind().equals(usual)
        && member.patchStrategy().equals("REPLACE")
        && member.enumValues().isEmpty();
  }

  private static String type(Type type) {
    return switch (type) {
      case Scalar scalar -> SCHEMA + "FieldType.Scalar." + scalar.name();
      case Ref ref ->
          "new " + SCHEMA + "FieldType.StructRef(" + TypesWriter.supplier(ref.java()) + ")";
      case ListOf list -> "new " + SCHEMA + "FieldType.ListOf(" + type(list.element()) + ")";
      case MapOf map -> "new " + SCHEMA + "FieldType.MapOf(" + type(map.value()) + ")";
    };
  }

  private static String defaultValue(Member member) {
    String json = member.defaultJson();
    return switch (member.type()) {
      case Ref ref when json.equals("{}") -> ref.java() + ".EMPTY";
      case Scalar.STRING -> json;
      case Scalar.BOOL -> json.equals("true") ? "Boolean.TRUE" : "Boolean.FALSE";
      case Scalar.INT32 -> json;
      case Scalar.INT64 -> json + "L";
      case Scalar.INT_OR_STRING -> "dev.tiphys.api.value.IntOrString.of(" + json + ")";
      case ListOf _ when json.startsWith("[") ->
          "java.util.List.of(" + json.substring(1, json.length() - 1) + ")";
      default ->
          throw new BadDescriptionException(
              "field " + member.jsonName() + " cannot have the default " + json);
    };
  }

  private static String ints(List<Integer> values) {
    return values.stream()
        .map(String::valueOf)
        .collect(Collectors.joining(", ", "java.util.List.of(", ")"));
  }

  static String strings(List<String> values) {
    return values.stream()
        .map(JavaNames::literal)
        .collect(Collectors.joining(", ", "java.util.List.of(", ")"));
  }
}
