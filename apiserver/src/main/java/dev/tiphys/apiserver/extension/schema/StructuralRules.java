package dev.tiphys.apiserver.extension.schema;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.tiphys.api.apiextensions.v1.JSONSchemaProps;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.RawJson;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether a schema is structural: each value has one type that is told outside of logical junctors,
 * nothing refers elsewhere, and extensions go together. Pure.
 */
public final class StructuralRules {

  private enum Level {
    ROOT("at the root"),
    ITEM("for specified array items"),
    FIELD("for specified object fields");

    private final String where;

    Level(String where) {
      this.where = where;
    }
  }

  private static final List<String> TYPES =
      List.of("array", "boolean", "integer", "number", "object", "string");

  private final FieldErrors errors;

  private StructuralRules(FieldErrors errors) {
    this.errors = errors;
  }

  /** Says what is wrong with the schema of whole objects. */
  public static void check(JSONSchemaProps schema, Path path, FieldErrors errors) {
    new StructuralRules(errors).structure(schema, Level.ROOT, path);
  }

  private void structure(JSONSchemaProps schema, Level level, Path path) {
    forbidden(schema, path);
    RawJson items = schema.items();
    if ("array".equals(schema.type()) && items == null) {
      errors.required(path.child("items"), "must be specified");
    } else if (items != null && items.json().startsWith("[")) {
      errors.forbidden(path.child("items"), "items must be a schema object and not an array");
    } else if (items != null) {
      nested(items, path.child("items"), (one, at) -> structure(one, Level.ITEM, at));
    }
    new TreeMap<>(schema.properties())
        .forEach((name, property) ->
            structure(property, Level.FIELD, path.child("properties").key(name)));
    additional(schema, level, path);
    type(schema, level, path);
    extensions(schema, path);
    ListRules.check(schema, path, errors);
    metadata(schema, level, path);
    values(schema, schema, path);
    if (Boolean.TRUE.equals(schema.xKubernetesIntOrString())) {
      return;
    }
    completeness(schema, schema, path);
  }

  private void nested(RawJson schema, Path path, BiConsumer<JSONSchemaProps, Path> check) {
    try {
      check.accept(JsonCodec.decode(schema.json(), JSONSchemaProps.TYPE), path);
    } catch (DecodeException e) {
      errors.invalid(path, schema.json(), String.valueOf(e.getMessage()));
    }
  }

  /** What no schema of a definition may say. */
  private void forbidden(JSONSchemaProps schema, Path path) {
    if (schema.ref() != null) {
      errors.forbidden(path.child("$ref"), "$ref is not supported");
    }
    if (!schema.definitions().isEmpty()) {
      errors.forbidden(path.child("definitions"), "definitions is not supported");
    }
    if (!schema.dependencies().isEmpty()) {
      errors.forbidden(path.child("dependencies"), "dependencies is not supported");
    }
    if (schema.id() != null) {
      errors.forbidden(path.child("id"), "id is not supported");
    }
    if (!schema.patternProperties().isEmpty()) {
      errors.forbidden(path.child("patternProperties"), "patternProperties is not supported");
    }
    if (schema.additionalItems() != null) {
      errors.forbidden(path.child("additionalItems"), "additionalItems is not supported");
    }
    if (Boolean.TRUE.equals(schema.uniqueItems())) {
      errors.forbidden(
          path.child("uniqueItems"),
          "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
    }
    if (Boolean.FALSE.equals(schema.xKubernetesPreserveUnknownFields())) {
      errors.invalid(
          path.child("x-kubernetes-preserve-unknown-fields"), false, "must be true or undefined");
    }
  }

  private void additional(JSONSchemaProps schema, Level level, Path path) {
    RawJson additional = schema.additionalProperties();
    if (additional == null) {
      return;
    }
    Path at = path.child("additionalProperties");
    if (level == Level.ROOT) {
      errors.forbidden(at, "must not be used at the root");
    }
    if (additional.json().equals("false")) {
      errors.forbidden(at, "additionalProperties cannot be set to false");
    } else if (!schema.properties().isEmpty()) {
      errors.forbidden(at, "additionalProperties and properties are mutual exclusive");
    }
    if (additional.json().startsWith("{")) {
      nested(additional, at, (one, below) -> structure(one, Level.FIELD, below));
    }
  }

  private void type(JSONSchemaProps schema, Level level, Path path) {
    String type = schema.type() == null ? "" : schema.type();
    boolean embedded = Boolean.TRUE.equals(schema.xKubernetesEmbeddedResource());
    boolean intOrString = Boolean.TRUE.equals(schema.xKubernetesIntOrString());
    boolean preserves = Boolean.TRUE.equals(schema.xKubernetesPreserveUnknownFields());
    if (!type.isEmpty() && !TYPES.contains(type)) {
      errors.notSupported(path.child("type"), type, TYPES);
    }
    if (embedded && !type.equals("object")) {
      String why = "must be object if x-kubernetes-embedded-resource is true";
      if (type.isEmpty()) {
        errors.required(path.child("type"), why);
      } else {
        errors.invalid(path.child("type"), type, why);
      }
    } else if (type.isEmpty() && !intOrString && !preserves) {
      errors.required(path.child("type"), "must not be empty " + level.where);
    } else if (intOrString && !type.isEmpty()) {
      errors.invalid(
          path.child("type"), type, "must be empty if x-kubernetes-int-or-string is true");
    }
    if (level == Level.ROOT && !type.isEmpty() && !type.equals("object")) {
      errors.invalid(path.child("type"), type, "must be object at the root");
    }
    if (embedded && schema.additionalProperties() != null) {
      errors.forbidden(
          path.child("additionalProperties"),
          "must not be used if x-kubernetes-embedded-resource is set");
    }
    if (embedded && !preserves && schema.properties().isEmpty()) {
      errors.required(
          path.child("properties"),
          "must not be empty if x-kubernetes-embedded-resource is true without"
              + " x-kubernetes-preserve-unknown-fields");
    }
    if (level == Level.ROOT && Boolean.TRUE.equals(schema.nullable())) {
      errors.forbidden(path.child("nullable"), "nullable cannot be true at the root");
    }
  }

  private void extensions(JSONSchemaProps schema, Path path) {
    if (!Boolean.TRUE.equals(schema.xKubernetesIntOrString())) {
      return;
    }
    if (Boolean.TRUE.equals(schema.xKubernetesPreserveUnknownFields())) {
      errors.invalid(
          path.child("x-kubernetes-preserve-unknown-fields"),
          true,
          "must be false if x-kubernetes-int-or-string is true");
    }
    if (Boolean.TRUE.equals(schema.xKubernetesEmbeddedResource())) {
      errors.invalid(
          path.child("x-kubernetes-embedded-resource"),
          true,
          "must be false if x-kubernetes-int-or-string is true");
    }
  }

  /** Kind and metadata are known: a schema may only restrict names. */
  private void metadata(JSONSchemaProps schema, Level level, Path path) {
    boolean embedded = Boolean.TRUE.equals(schema.xKubernetesEmbeddedResource());
    if (level != Level.ROOT && !embedded) {
      return;
    }
    for (String name : List.of("kind", "apiVersion")) {
      JSONSchemaProps property = schema.properties().get(name);
      if (property != null && !"string".equals(property.type())) {
        errors.invalid(
            path.child("properties").key(name).child("type"),
            property.type() == null ? "" : property.type(),
            "must be string");
      }
    }
    JSONSchemaProps metadata = schema.properties().get("metadata");
    if (metadata == null) {
      return;
    }
    Path at = path.child("properties").key("metadata");
    if (!"object".equals(metadata.type())) {
      errors.invalid(
          at.child("type"), metadata.type() == null ? "" : metadata.type(), "must be object");
    }
    boolean onlyNames = List.of("name", "generateName").containsAll(metadata.properties().keySet());
    if (level == Level.ROOT && !onlyNames) {
      errors.forbidden(
          at,
          "must not specify anything other than name and generateName, but metadata is implicitly"
              + " specified");
    }
  }

  /** The junctors of a value, within which only values may be judged. */
  private void values(JSONSchemaProps schema, JSONSchemaProps owner, Path path) {
    boolean intOrString = Boolean.TRUE.equals(owner.xKubernetesIntOrString());
    junctor(schema.anyOf(), intOrString && isIntOrString(schema.anyOf()), path.child("anyOf"));
    for (int i = 0; i < schema.allOf().size(); i++) {
      JSONSchemaProps one = schema.allOf().get(i);
      boolean exempt = intOrString && i == 0 && isIntOrString(one.anyOf());
      inJunctor(one, exempt, path.child("allOf").index(i));
    }
    junctor(schema.oneOf(), false, path.child("oneOf"));
    JSONSchemaProps not = schema.not();
    if (not != null) {
      inJunctor(not, false, path.child("not"));
    }
    String pattern = schema.pattern();
    if (pattern != null) {
      try {
        Pattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        errors.invalid(
            path.child("pattern"),
            pattern,
            "must be a valid regular expression, but isn't: " + e.getMessage());
      }
    }
  }

  private static boolean isIntOrString(List<JSONSchemaProps> anyOf) {
    return anyOf.size() == 2
        && "integer".equals(anyOf.get(0).type())
        && "string".equals(anyOf.get(1).type());
  }

  private void junctor(List<JSONSchemaProps> schemas, boolean exempt, Path path) {
    for (int i = 0; i < schemas.size() && !exempt; i++) {
      inJunctor(schemas.get(i), false, path.index(i));
    }
  }

  private void inJunctor(JSONSchemaProps schema, boolean exemptAnyOf, Path path) {
    if (!exemptAnyOf) {
      values(schema, JSONSchemaProps.EMPTY, path);
    }
    RawJson items = schema.items();
    if (items != null) {
      nested(items, path.child("items"), (one, at) -> inJunctor(one, false, at));
    }
    schema
        .properties()
        .forEach((name, one) -> inJunctor(one, false, path.child("properties").key(name)));
    mustBe(schema.type() == null, path.child("type"), "must be empty to be structural");
    mustBe(
        schema.additionalProperties() == null,
        path.child("additionalProperties"),
        "must be undefined to be structural");
    mustBe(schema.default_() == null, path.child("default"), "must be undefined to be structural");
    mustBe(schema.title() == null, path.child("title"), "must be empty to be structural");
    mustBe(
        schema.description() == null, path.child("description"), "must be empty to be structural");
    mustBe(
        !Boolean.TRUE.equals(schema.nullable()),
        path.child("nullable"),
        "must be false to be structural");
    inJunctorExtensions(schema, path);
  }

  private void inJunctorExtensions(JSONSchemaProps schema, Path path) {
    mustBe(
        schema.xKubernetesPreserveUnknownFields() == null,
        path.child("x-kubernetes-preserve-unknown-fields"),
        "must be false to be structural");
    mustBe(
        !Boolean.TRUE.equals(schema.xKubernetesEmbeddedResource()),
        path.child("x-kubernetes-embedded-resource"),
        "must be false to be structural");
    mustBe(
        !Boolean.TRUE.equals(schema.xKubernetesIntOrString()),
        path.child("x-kubernetes-int-or-string"),
        "must be false to be structural");
    mustBe(
        schema.xKubernetesListType() == null,
        path.child("x-kubernetes-list-type"),
        "must be undefined to be structural");
    mustBe(
        schema.xKubernetesListMapKeys().isEmpty(),
        path.child("x-kubernetes-list-map-keys"),
        "must be empty to be structural");
    mustBe(
        schema.xKubernetesMapType() == null,
        path.child("x-kubernetes-map-type"),
        "must be undefined to be structural");
    mustBe(
        schema.xKubernetesValidations().isEmpty(),
        path.child("x-kubernetes-validations"),
        "must be empty to be structural");
    mustBe(
        !schema.properties().containsKey("metadata"),
        path.child("properties").key("metadata"),
        "must not be specified in a nested context");
  }

  private void mustBe(boolean right, Path path, String why) {
    if (!right) {
      errors.forbidden(path, why);
    }
  }

  /** Every field within a junctor must stand outside of it too. */
  private void completeness(JSONSchemaProps outer, JSONSchemaProps inner, Path path) {
    for (List<JSONSchemaProps> all : List.of(inner.allOf(), inner.anyOf(), inner.oneOf())) {
      all.forEach(one -> specified(outer, one, path));
    }
    JSONSchemaProps not = inner.not();
    if (not != null) {
      specified(outer, not, path);
    }
  }

  private void specified(@Nullable JSONSchemaProps outer, JSONSchemaProps inner, Path path) {
    if (outer == null) {
      return;
    }
    boolean any =
        outer.additionalProperties() != null
            || Boolean.TRUE.equals(outer.xKubernetesPreserveUnknownFields());
    for (Map.Entry<String, JSONSchemaProps> property : inner.properties().entrySet()) {
      Path at = path.child("properties").key(property.getKey());
      JSONSchemaProps same = outer.properties().get(property.getKey());
      if (same == null && !any) {
        errors.required(at, "because it is defined within a junctor");
      } else {
        specified(same, property.getValue(), at);
      }
    }
    if (inner.items() != null && outer.items() == null) {
      errors.required(path.child("items"), "because it is defined within a junctor");
    }
    completeness(outer, inner, path);
  }
}
