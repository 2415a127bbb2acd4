package dev.tiphys.api.merge;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.TreeSchema;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether a configuration can be applied: its lists must tell their elements apart. */
final class ApplyCheck {

  private final ApiObject config;

  private ApplyCheck(ApiObject config) {
    this.config = config;
  }

  /** Fails unless the configuration can be applied. */
  static void check(ApiObject config) {
    if (!config.metadata().managedFields().isEmpty()) {
      throw PatchException.malformed("metadata.managedFields must be nil");
    }
    new ApplyCheck(config).struct(config, "");
  }

  static String undeclared(ApiObject config, List<String> paths) {
    List<String> faults =
        paths.stream().map(path -> "." + path + ": field not declared in schema").toList();
    return new ApplyCheck(config)
        .failure(
            faults.size() == 1 ? faults.getFirst() : "errors:\n  " + String.join("\n  ", faults));
  }

  private void struct(Struct struct, String path) {
    for (Field field : struct.structType().fields()) {
      Object value = struct.get(field.index());
      if (value instanceof Struct nested) {
        struct(nested, path + "." + field.name());
      } else if (field.type() instanceof FieldType.Tree type && value instanceof JsonTree tree) {
        tree(type.schema(), tree, path + "." + field.name());
      } else if (value instanceof List<?> list && !list.isEmpty()) {
        list(field, list, path + "." + field.name());
      } else if (value instanceof Map<?, ?> map
          && field.type() instanceof FieldType.MapOf type
          && type.value() instanceof FieldType.StructRef) {
        map.forEach((key, entry) -> struct((Struct) entry, path + "." + field.name() + "." + key));
      }
    }
  }

  private void list(Field field, List<?> list, String path) {
    ListKeys keys = ListKeys.of(field);
    if (keys == null) {
      return;
    }
    Set<Object> seen = HashSet.newHashSet(list.size());
    for (int i = 0; i < list.size(); i++) {
      Object element = list.get(i);
      String missing = keys.missingKey(element);
      if (missing != null) {
        throw failed(withoutKey(path, i, missing));
      }
      PathElement key = keys.pathOf(element);
      if (!seen.add(keys.keyOf(element))) {
        throw failed(path + ": duplicate entries for key " + key);
      }
      if (element instanceof Struct nested) {
        struct(nested, path + key);
      }
    }
  }

  private void tree(TreeSchema schema, JsonTree value, String path) {
    TreeKeys keys = TreeKeys.of(schema);
    switch (value) {
      case JsonTree.Obj object ->
          object
              .members()
              .forEach((name, member) -> {
                TreeSchema of = schema.member(name);
                if (of != null) {
                  tree(of, member, path + "." + name);
                }
              });
      case JsonTree.Arr list when keys != null -> elements(keys, list, path);
      default -> {}
    }
  }

  private void elements(TreeKeys keys, JsonTree.Arr list, String path) {
    Set<PathElement> seen = HashSet.newHashSet(list.elements().size());
    TreeSchema schema = keys.element();
    for (int i = 0; i < list.elements().size(); i++) {
      JsonTree element = list.elements().get(i);
      String missing = keys.missingKey(element);
      if (missing != null) {
        throw failed(withoutKey(path, i, missing));
      }
      PathElement key = keys.pathOf(element);
      if (!seen.add(key)) {
        throw failed(path + ": duplicate entries for key " + key);
      }
      if (schema != null) {
        tree(schema, element, path + key);
      }
    }
  }

  private static String withoutKey(String path, int index, String key) {
    return path
        + ": element "
        + index
        + ": associative list with keys has an element that omits key field \""
        + key
        + "\" (and doesn't have default value)";
  }

  private PatchException failed(String what) {
    return PatchException.malformed(failure(what));
  }

  private String failure(String what) {
    GroupVersionKind kind = config.structType().kind();
    ObjectMeta metadata = config.metadata();
    String namespace = metadata.namespace();
    return "failed to create typed patch object ("
        + (namespace == null ? "" : namespace)
        + "/"
        + metadata.name()
        + "; "
        + (kind == null ? "" : kind.group() + "/" + kind.version() + ", Kind=" + kind.kind())
        + "): "
        + what;
  }
}
