package dev.tiphys.apiserver.extension.definition;

import dev.tiphys.api.apiextensions.v1.CustomResourceColumnDefinition;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionVersion;
import dev.tiphys.api.apiextensions.v1.CustomResourceSubresourceScale;
import dev.tiphys.api.apiextensions.v1.CustomResourceSubresources;
import dev.tiphys.api.apiextensions.v1.JSONSchemaProps;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.merge.TreeDefaults;
import dev.tiphys.api.schema.TreeSchema;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.extension.schema.JsonPathQuery;
import dev.tiphys.apiserver.extension.schema.StructuralRules;
import dev.tiphys.apiserver.extension.schema.ValueRules;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with a version of a definition. */
final class VersionRules {

  /** Where messages say that the parts of the version stand. */
  record Places(Path validation, Path subresources, Path columns, Path selectable) {}

  private static final List<String> COLUMN_TYPES =
      List.of("boolean", "date", "integer", "number", "string");
  private static final List<String> COLUMN_FORMATS =
      List.of("byte", "date", "date-time", "double", "float", "int32", "int64", "password");
  private static final Set<String> SELECTABLE = Set.of("boolean", "integer", "string");
  private static final int MOST_SELECTABLE = 8;

  private final FieldErrors errors;
  private final DefinitionStrategy.SchemaCheck extra;

  VersionRules(FieldErrors errors, DefinitionStrategy.SchemaCheck extra) {
    this.errors = errors;
    this.extra = extra;
  }

  void check(CustomResourceDefinitionVersion version, Places places) {
    JSONSchemaProps schema = version.schema() == null ? null : version.schema().openAPIV3Schema();
    Path at = places.validation().child("openAPIV3Schema");
    if (schema == null) {
      errors.required(at, "schemas are required");
    } else {
      schema(schema, at);
    }
    CustomResourceSubresources subresources = version.subresources();
    if (subresources != null && subresources.scale() != null) {
      scale(subresources.scale(), places.subresources().child("scale"));
    }
    for (int i = 0; i < version.additionalPrinterColumns().size(); i++) {
      column(version.additionalPrinterColumns().get(i), places.columns().index(i));
    }
    selectable(version, schema, places.selectable());
  }

  private void schema(JSONSchemaProps schema, Path at) {
    FieldErrors structural = new FieldErrors();
    StructuralRules.check(schema, at, structural);
    structural.list().forEach(errors::add);
    if (!structural.isEmpty()) {
      return;
    }
    try {
      defaults(TreeSchema.of(schema), at);
      extra.check(schema, at, errors);
    } catch (DecodeException e) {
      errors.invalid(at, "", "error building validator: " + e.getMessage());
    }
  }

  /** Defaults must be valid themselves, and hold nothing that would be pruned. */
  private void defaults(TreeSchema schema, Path path) {
    JsonTree value = schema.defaultValue();
    if (value != null) {
      FieldErrors found = new FieldErrors();
      Path at = path.child("default");
      new ValueRules().check(schema, TreeDefaults.apply(schema, value), null, at, found);
      found.list().forEach(errors::add);
      if (prunes(schema, value)) {
        errors.invalid(at, value, "must not have unknown fields");
      }
    }
    for (Map.Entry<String, TreeSchema> property : schema.properties().entrySet()) {
      defaults(property.getValue(), path.child("properties").key(property.getKey()));
    }
    TreeSchema items = schema.items();
    if (items != null) {
      defaults(items, path.child("items"));
    }
    TreeSchema additional = schema.additional();
    if (additional != null && additional != TreeSchema.ANYTHING) {
      defaults(additional, path.child("additionalProperties"));
    }
  }

  private static boolean prunes(@Nullable TreeSchema schema, JsonTree value) {
    if (schema == null || schema == TreeSchema.ANYTHING) {
      return false;
    }
    return switch (value) {
      case JsonTree.Obj object ->
          object.members().entrySet().stream()
              .anyMatch(member -> {
                TreeSchema of = schema.member(member.getKey());
                return of == null || prunes(of, member.getValue());
              });
      case JsonTree.Arr list ->
          list.elements().stream().anyMatch(element -> prunes(schema.items(), element));
      default -> false;
    };
  }

  private void scale(CustomResourceSubresourceScale scale, Path path) {
    replicas(path.child("specReplicasPath"), scale.specReplicasPath(), ".spec");
    replicas(path.child("statusReplicasPath"), scale.statusReplicasPath(), ".status");
    String selector = scale.labelSelectorPath();
    if (selector != null && !selector.isEmpty()) {
      Path at = path.child("labelSelectorPath");
      if (fields(at, selector)
          && !selector.startsWith(".spec.")
          && !selector.startsWith(".status.")) {
        errors.invalid(at, selector, "should be a json path under either .spec or .status");
      }
    }
  }

  private void replicas(Path at, @Nullable String path, String below) {
    if (path == null || path.isEmpty()) {
      errors.required(at, "");
    } else if (fields(at, path) && !path.startsWith(below + ".")) {
      errors.invalid(at, path, "should be a json path under " + below);
    }
  }

  /** Whether a path is nothing but fields; says so if not. */
  private boolean fields(Path at, String path) {
    JsonPathQuery query = parsed(at, path);
    if (query != null && query.fields() == null) {
      errors.invalid(at, path, "child path is not a simple field path");
    }
    return query != null && query.fields() != null;
  }

  private @Nullable JsonPathQuery parsed(Path at, String path) {
    if (!path.startsWith(".")) {
      errors.invalid(at, path, "must be a simple json path starting with .");
      return null;
    }
    try {
      return JsonPathQuery.parse(path);
    } catch (IllegalArgumentException e) {
      errors.invalid(at, path, "is an invalid JSON path: " + e.getMessage());
      return null;
    }
  }

  private void column(CustomResourceColumnDefinition column, Path path) {
    if (text(column.name()).isEmpty()) {
      errors.required(path.child("name"), "");
    }
    String types = "must be one of " + String.join(",", COLUMN_TYPES);
    if (text(column.type()).isEmpty()) {
      errors.required(path.child("type"), types);
    } else if (!COLUMN_TYPES.contains(column.type())) {
      errors.invalid(path.child("type"), column.type(), types);
    }
    if (!text(column.format()).isEmpty() && !COLUMN_FORMATS.contains(column.format())) {
      errors.invalid(
          path.child("format"),
          column.format(),
          "must be one of " + String.join(",", COLUMN_FORMATS));
    }
    if (text(column.jsonPath()).isEmpty()) {
      errors.required(path.child("jsonPath"), "");
    } else {
      parsed(path.child("jsonPath"), text(column.jsonPath()));
    }
  }

  private void selectable(
      CustomResourceDefinitionVersion version, @Nullable JSONSchemaProps schema, Path path) {
    Set<String> seen = new HashSet<>();
    int count = version.selectableFields().size();
    if (count > MOST_SELECTABLE) {
      errors.add(FieldError.tooMany(path, count, MOST_SELECTABLE));
    }
    for (int i = 0; i < count; i++) {
      Path at = path.index(i).child("jsonPath");
      String text = text(version.selectableFields().get(i).jsonPath());
      if (text.isEmpty()) {
        errors.required(at, "");
        continue;
      }
      JsonPathQuery query = parsed(at, text);
      List<String> names = query == null ? null : query.fields();
      if (names == null) {
        if (query != null) {
          errors.invalid(at, text, "must not contain any array or filter expressions");
        }
        continue;
      }
      if (names.getFirst().equals("metadata")) {
        errors.invalid(at, text, "must not point to fields in metadata");
      } else if (!SELECTABLE.contains(typeAt(schema, names))) {
        errors.invalid(at, text, "must point to a field of type string, boolean, or integer");
      }
      if (!seen.add(text)) {
        errors.duplicate(at, text);
      }
    }
  }

  private static String typeAt(@Nullable JSONSchemaProps schema, List<String> names) {
    JSONSchemaProps at = schema;
    for (String name : names) {
      at = at == null ? null : at.properties().get(name);
    }
    return at == null ? "" : text(at.type());
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
