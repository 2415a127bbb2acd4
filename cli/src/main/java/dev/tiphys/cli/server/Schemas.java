package dev.tiphys.cli.server;

import dev.tiphys.cli.Failure;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.tree.View;

/** The schemas of an OpenAPI v3 document, with their references followed. Pure. */
record Schemas(View document) {

  /** The schema of a kind. */
  View ofKind(ApiResource resource) {
    for (View schema : document.at("components", "schemas").members().values()) {
      for (View each : schema.at("x-kubernetes-group-version-kind").items()) {
        if (each.at("group").text().equals(resource.group())
            && each.at("version").text().equals(resource.version())
            && each.at("kind").text().equals(resource.kind())) {
          return schema;
        }
      }
    }
    throw Failure.of(
        "GVR (%s/%s) not found in OpenAPI schema", resource.apiVersion(), resource.plural());
  }

  /** What a field's schema refers to, or the schema itself. */
  View resolved(View schema) {
    String reference = reference(schema);
    return reference.isEmpty()
        ? schema
        : document.at("components", "schemas", reference.substring(reference.lastIndexOf('/') + 1));
  }

  private static String reference(View schema) {
    View all = schema.at("allOf");
    return all.isEmpty() ? schema.at("$ref").text() : all.items().getFirst().at("$ref").text();
  }

  /** The schema of the elements of lists and maps, or of the value itself, resolved. */
  View element(View schema) {
    View resolved = resolved(schema);
    if (resolved.at("items").exists()) {
      return element(resolved.at("items"));
    }
    return resolved.at("additionalProperties").at("type").exists()
            || !reference(resolved.at("additionalProperties")).isEmpty()
        ? element(resolved.at("additionalProperties"))
        : resolved;
  }

  /** A type as users read it: {@code []Container}, {@code map[string]string}, {@code integer}. */
  String type(View schema) {
    String reference = reference(schema);
    if (!reference.isEmpty()) {
      String scalar = resolved(schema).at("type").text();
      return scalar.isEmpty() || scalar.equals("object")
          ? reference.substring(reference.lastIndexOf('.') + 1)
          : scalar;
    }
    return switch (schema.at("type").text()) {
      case "array" -> "[]" + type(schema.at("items"));
      case "object" -> {
        View values = schema.at("additionalProperties");
        boolean typed = values.at("type").exists() || !reference(values).isEmpty();
        yield typed ? "map[string]" + type(values) : "Object";
      }
      case "" -> schema.at("x-kubernetes-int-or-string").flag() ? "IntOrString" : "Object";
      default -> schema.at("type").text();
    };
  }
}
