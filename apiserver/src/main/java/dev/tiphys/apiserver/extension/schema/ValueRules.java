package dev.tiphys.apiserver.extension.schema;

import dev.tiphys.api.apiextensions.v1.JSONSchemaProps;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.Field.ListKind;
import dev.tiphys.api.schema.TreeSchema;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.QuotedText;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether values are what their schema says, in upstream's words. What an update leaves as it was
 * is not judged again (KEP-4008): a schema may become stricter than the objects that there are.
 * Immutable and thread-safe.
 */
public final class ValueRules {

  private final Patterns patterns = new Patterns();

  /**
   * Says what is wrong with a value.
   *
   * @param old the value before an update, or null
   */
  public void check(
      TreeSchema schema, JsonTree value, @Nullable JsonTree old, Path path, FieldErrors errors) {
    if (value.equals(old)) {
      return;
    }
    JSONSchemaProps rules = schema.source();
    if (value instanceof JsonTree.Null) {
      if (!schema.isNullable() && !anyType(schema)) {
        typeError(rules, schema, "null", path, errors);
      }
      return;
    }
    String type = typeOf(value);
    if (!fitsType(schema, value, type)) {
      typeError(rules, schema, type, path, errors);
      return;
    }
    new Junctors(this).check(schema, value, path, errors);
    scalar(schema, value, path, errors);
    switch (value) {
      case JsonTree.Arr list -> list(schema, list, old, path, errors);
      case JsonTree.Obj object -> object(schema, object, old, path, errors);
      default -> {}
    }
  }

  private static boolean anyType(TreeSchema schema) {
    return schema.type().isEmpty() && !schema.isIntOrString();
  }

  private static String typeOf(JsonTree value) {
    return switch (value) {
      case JsonTree.Obj _ -> "object";
      case JsonTree.Arr _ -> "array";
      case JsonTree.Text _ -> "string";
      case JsonTree.Bool _ -> "boolean";
      case JsonTree.Num number -> isInteger(number) ? "integer" : "number";
      case JsonTree.Null _ -> "null";
    };
  }

  static boolean isInteger(JsonTree.Num number) {
    String text = number.literal();
    if (text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.indexOf('E') < 0) {
      return true;
    }
    return new BigDecimal(text).stripTrailingZeros().scale() <= 0;
  }

  private static boolean fitsType(TreeSchema schema, JsonTree value, String type) {
    if (schema.isIntOrString()) {
      return type.equals("integer") || type.equals("string");
    }
    String wanted = schema.type();
    return wanted.isEmpty()
        || wanted.equals(type)
        || (wanted.equals("number") && value instanceof JsonTree.Num);
  }

  private static void typeError(
      JSONSchemaProps rules, TreeSchema schema, String found, Path path, FieldErrors errors) {
    String wanted = schema.isIntOrString() ? "integer,string" : String.valueOf(rules.type());
    errors.add(
        FieldError.typeInvalid(
            path, found, at(path) + " in body must be of type " + wanted + ": \"" + found + "\""));
  }

  /** The path as upstream's messages name it. */
  static String at(Path path) {
    String text = path.toString();
    return text.equals("<nil>") ? "" : text;
  }

  /** The rules on a value that look at nothing below it. */
  private void scalar(TreeSchema schema, JsonTree value, Path path, FieldErrors errors) {
    JSONSchemaProps rules = schema.source();
    switch (value) {
      case JsonTree.Text(String text) -> text(rules, text, path, errors);
      case JsonTree.Num number -> Numbers.check(rules, number, path, errors);
      case JsonTree.Arr(List<JsonTree> elements) -> count(rules, elements, path, errors);
      case JsonTree.Obj(Map<String, JsonTree> members) -> members(rules, members, path, errors);
      default -> {}
    }
    if (!schema.enumValues().isEmpty() && !schema.enumValues().contains(value)) {
      errors.notSupported(
          path,
          shown(value),
          schema.enumValues().stream()
              .map(one -> one instanceof JsonTree.Text(String text) ? text : one.toJson())
              .toList());
    }
  }

  private void text(JSONSchemaProps rules, String text, Path path, FieldErrors errors) {
    int length = text.codePointCount(0, text.length());
    Long most = rules.maxLength();
    if (most != null && length > most) {
      errors.add(FieldError.tooLong(path, most.intValue()));
    }
    Long least = rules.minLength();
    if (least != null && length < least) {
      errors.invalid(path, text, at(path) + " in body should be at least " + least + " chars long");
    }
    String pattern = rules.pattern();
    if (pattern != null && !patterns.matches(pattern, text)) {
      errors.invalid(path, text, at(path) + " in body should match '" + pattern + "'");
    }
    String format = rules.format();
    if (format != null && !Formats.fits(format, text)) {
      errors.add(
          FieldError.typeInvalid(
              path, text, at(path) + " in body must be of type " + format + ": " + quoted(text)));
    }
  }

  private static String quoted(String text) {
    return QuotedText.of(text);
  }

  private static void count(
      JSONSchemaProps rules, List<JsonTree> elements, Path path, FieldErrors errors) {
    int size = elements.size();
    Long most = rules.maxItems();
    if (most != null && size > most) {
      errors.add(FieldError.tooMany(path, size, most.intValue()));
    }
    Long least = rules.minItems();
    if (least != null && size < least) {
      errors.invalid(path, size, at(path) + " in body should have at least " + least + " items");
    }
  }

  private static void members(
      JSONSchemaProps rules, Map<String, JsonTree> members, Path path, FieldErrors errors) {
    int size = members.size();
    Long most = rules.maxProperties();
    if (most != null && size > most) {
      errors.add(FieldError.tooMany(path, size, most.intValue()));
    }
    Long least = rules.minProperties();
    if (least != null && size < least) {
      errors.invalid(
          path, size, at(path) + " in body should have at least " + least + " properties");
    }
    for (String name : rules.required()) {
      if (!members.containsKey(name)) {
        errors.required(path.child(name), "");
      }
    }
  }

  private void object(
      TreeSchema schema,
      JsonTree.Obj object,
      @Nullable JsonTree old,
      Path path,
      FieldErrors errors) {
    JsonTree.Obj before = old instanceof JsonTree.Obj known ? known : JsonTree.EMPTY_OBJECT;
    object
        .members()
        .forEach((name, member) -> {
          TreeSchema of = schema.member(name);
          if (of != null && of != TreeSchema.ANYTHING) {
            check(of, member, before.get(name), path.child(name), errors);
          }
        });
    if (schema.isEmbeddedResource()) {
      for (String name : List.of("apiVersion", "kind")) {
        if (!(object.get(name) instanceof JsonTree.Text(String text)) || text.isEmpty()) {
          errors.required(path.child(name), "must not be empty");
        }
      }
    }
  }

  private void list(
      TreeSchema schema, JsonTree.Arr list, @Nullable JsonTree old, Path path, FieldErrors errors) {
    TreeSchema items = schema.items();
    Map<JsonTree, JsonTree> before = new HashMap<>();
    if (old instanceof JsonTree.Arr known && schema.listKind() != ListKind.ATOMIC) {
      known.elements().forEach(element -> before.putIfAbsent(keyOf(schema, element), element));
    }
    Set<JsonTree> seen = new HashSet<>();
    for (int i = 0; i < list.elements().size(); i++) {
      JsonTree element = list.elements().get(i);
      JsonTree key = keyOf(schema, element);
      if (items != null) {
        check(items, element, before.get(key), path.index(i), errors);
      }
      if (schema.listKind() != ListKind.ATOMIC && !seen.add(key)) {
        errors.duplicate(path.index(i), shown(key));
      }
    }
  }

  /** What identifies an element: its keys, or itself. */
  public static JsonTree keyOf(TreeSchema list, JsonTree element) {
    if (list.listKind() != ListKind.MAP || !(element instanceof JsonTree.Obj object)) {
      return element;
    }
    Map<String, JsonTree> keys = new LinkedHashMap<>();
    for (String name : list.listMapKeys()) {
      JsonTree value = object.get(name);
      if (value != null) {
        keys.put(name, value);
      }
    }
    return new JsonTree.Obj(keys);
  }

  /** A value as messages show it. */
  public static Object shown(JsonTree value) {
    return switch (value) {
      case JsonTree.Text(String text) -> text;
      case JsonTree.Null _ -> "null";
      default -> value;
    };
  }
}
