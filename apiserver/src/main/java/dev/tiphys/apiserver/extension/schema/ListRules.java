package dev.tiphys.apiserver.extension.schema;

import dev.tiphys.api.apiextensions.v1.JSONSchemaProps;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.RawJson;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a schema says of how lists and maps merge: types, keys and that they go together. */
final class ListRules {

  private static final List<String> LIST_TYPES = List.of("atomic", "set", "map");
  private static final List<String> MAP_TYPES = List.of("granular", "atomic");
  private static final Set<String> SCALARS = Set.of("string", "integer", "number", "boolean");

  private ListRules() {}

  static void check(JSONSchemaProps schema, Path path, FieldErrors errors) {
    String mapType = schema.xKubernetesMapType();
    if (mapType != null) {
      if (!"object".equals(schema.type())) {
        errors.invalid(
            path.child("type"),
            text(schema.type()),
            "must be object if x-kubernetes-map-type is specified");
      }
      if (!MAP_TYPES.contains(mapType)) {
        errors.notSupported(path.child("x-kubernetes-map-type"), mapType, MAP_TYPES);
      }
    }
    String listType = schema.xKubernetesListType();
    if (listType == null) {
      if (!schema.xKubernetesListMapKeys().isEmpty()) {
        errors.required(
            path.child("x-kubernetes-list-type"),
            "must be map if x-kubernetes-list-map-keys is non-empty");
      }
      return;
    }
    if (!"array".equals(schema.type())) {
      errors.invalid(
          path.child("type"),
          text(schema.type()),
          "must be array if x-kubernetes-list-type is specified");
    }
    if (!LIST_TYPES.contains(listType)) {
      errors.notSupported(path.child("x-kubernetes-list-type"), listType, LIST_TYPES);
    }
    JSONSchemaProps items = items(schema);
    if (listType.equals("map")) {
      keys(schema, items, path, errors);
    } else if (!schema.xKubernetesListMapKeys().isEmpty()) {
      errors.invalid(
          path.child("x-kubernetes-list-type"),
          listType,
          "must be map if x-kubernetes-list-map-keys is non-empty");
    }
    if (listType.equals("set") && items != null) {
      set(items, path.child("items"), errors);
    }
  }

  private static @Nullable JSONSchemaProps items(JSONSchemaProps schema) {
    RawJson items = schema.items();
    if (items == null || !items.json().startsWith("{")) {
      return null;
    }
    try {
      return JsonCodec.decode(items.json(), JSONSchemaProps.TYPE);
    } catch (DecodeException _) {
      return null; // told where the schema itself is looked at
    }
  }

  private static void keys(
      JSONSchemaProps schema, @Nullable JSONSchemaProps items, Path path, FieldErrors errors) {
    Path at = path.child("x-kubernetes-list-map-keys");
    if (schema.xKubernetesListMapKeys().isEmpty()) {
      errors.required(at, "must not be empty if x-kubernetes-list-type is map");
    }
    if (items == null) {
      return;
    }
    if (!"object".equals(items.type())) {
      errors.invalid(
          path.child("items", "type"),
          text(items.type()),
          "must be object if parent array's x-kubernetes-list-type is map");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < schema.xKubernetesListMapKeys().size(); i++) {
      String key = schema.xKubernetesListMapKeys().get(i);
      JSONSchemaProps property = items.properties().get(key);
      if (property == null) {
        errors.invalid(at.index(i), key, "entries must all be names of item properties");
      } else {
        if (!SCALARS.contains(text(property.type()))) {
          errors.invalid(
              path.child("items", "properties").key(key).child("type"),
              text(property.type()),
              "must be a scalar type if parent array's x-kubernetes-list-type is map");
        }
        if (property.default_() == null && !items.required().contains(key)) {
          errors.required(
              path.child("items", "properties").key(key).child("default"),
              "this property is in x-kubernetes-list-map-keys, so it must have a default or be a"
                  + " required property");
        }
      }
      if (!seen.add(key)) {
        errors.duplicate(at.index(i), key);
      }
    }
  }

  private static void set(JSONSchemaProps items, Path path, FieldErrors errors) {
    if (Boolean.TRUE.equals(items.nullable())) {
      errors.forbidden(
          path.child("nullable"), "cannot be nullable when x-kubernetes-list-type is set");
    }
    if ("array".equals(items.type()) && !"atomic".equals(items.xKubernetesListType())) {
      errors.invalid(
          path.child("x-kubernetes-list-type"),
          text(items.xKubernetesListType()),
          "must be atomic as item of a list with x-kubernetes-list-type=set");
    }
    if ("object".equals(items.type()) && !"atomic".equals(items.xKubernetesMapType())) {
      errors.invalid(
          path.child("x-kubernetes-map-type"),
          text(items.xKubernetesMapType()),
          "must be atomic as item of a list with x-kubernetes-list-type=set");
    }
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
