package dev.tiphys.apiserver.openapi;

import dev.tiphys.api.apiextensions.v1.JSONSchemaProps;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.TreeSchema;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes schemas that were brought at run time. Version 3 takes them nearly as they are; version 2
 * knows no junctors and no nullability, so what would mislead its readers is left out, as upstream
 * does.
 */
final class TreeSchemas {

  private static final Set<String> NOT_IN_V2 =
      Set.of("oneOf", "anyOf", "allOf", "not", "nullable", "x-kubernetes-validations");

  private final boolean v3;

  TreeSchemas(boolean v3) {
    this.v3 = v3;
  }

  /** Writes a schema's keywords into an open object. */
  void write(Sink out, TreeSchema schema) {
    JSONSchemaProps source = schema.source();
    boolean typeless = !v3 && Boolean.TRUE.equals(source.nullable());
    Map<String, JsonTree> keywords =
        new TreeMap<>(((JsonTree.Obj) JsonCodec.toTree(source)).members());
    boolean preserves = !v3 && schema.preservesUnknown();
    keywords.forEach((name, value) -> {
      boolean dropped =
          !v3 && NOT_IN_V2.contains(name)
              || typeless && (name.equals("type") || name.equals("items"))
              || preserves && (name.equals("items") || name.equals("type"));
      if (dropped || name.equals("properties") && (typeless || preserves)) {
        return;
      }
      switch (name) {
        case "properties" -> {
          out.name(name).open();
          new TreeMap<>(schema.properties()).forEach((property, one) -> nested(out, property, one));
          out.close();
        }
        case "items" -> {
          TreeSchema items = schema.items();
          if (items != null) {
            nested(out, name, items);
          }
        }
        case "additionalProperties" -> {
          TreeSchema additional = schema.additional();
          if (additional != null && additional != TreeSchema.ANYTHING) {
            nested(out, name, additional);
          } else {
            out.name(name).json(value.toJson());
          }
        }
        default -> out.name(name).json(value.toJson());
      }
    });
  }

  private void nested(Sink out, String name, TreeSchema schema) {
    out.name(name).open();
    write(out, schema);
    out.close();
  }
}
