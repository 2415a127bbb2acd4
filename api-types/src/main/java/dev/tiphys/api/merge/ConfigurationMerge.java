package dev.tiphys.api.merge;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Field.ListKind;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.TreeSchema;
import java.util.List;
import java.util.Map;

/**
 * Puts a configuration into an object by the rules of server-side apply, but without owners: what
 * the configuration does not mention stays. Lists, maps and structs that are owned as a whole are
 * refused, for they cannot be set in part. Pure.
 */
public final class ConfigurationMerge {

  private ConfigurationMerge() {}

  /**
   * The object with what the configuration sets; the same instance if that is nothing new.
   *
   * @throws PatchException if the configuration has what is owned as a whole, or lists whose
   *     elements cannot be told apart
   */
  @SuppressWarnings("unchecked") // merging keeps the type
  public static <T extends ApiObject> T apply(T live, T config) {
    ApplyCheck.check(config);
    refuseAtomic(config, "");
    return (T) ApplyMerge.merge(live, config);
  }

  private static void refuseAtomic(Struct config, String path) {
    for (Field field : config.structType().fields()) {
      Object value = StructEdit.present(config.get(field.index()));
      if (value == null) {
        continue;
      }
      String at = path + "." + field.name();
      switch (field.type()) {
        case FieldType.StructRef _ -> {
          Struct struct = (Struct) value;
          refuse(field.listKind() == ListKind.ATOMIC || struct.structType().atomic(), at);
          refuseAtomic(struct, at);
        }
        case FieldType.MapOf _ -> {
          refuse(field.listKind() == ListKind.ATOMIC, at);
          ((Map<?, ?>) value).forEach((key, of) -> within(of, at + "." + key));
        }
        case FieldType.ListOf _ -> {
          refuse(ListKeys.of(field) == null, at);
          elements((List<?>) value, at);
        }
        case FieldType.Tree tree -> refuseAtomic(tree.schema(), (JsonTree) value, at);
        default -> {
          // A scalar.
        }
      }
    }
  }

  private static void elements(List<?> list, String path) {
    for (int i = 0; i < list.size(); i++) {
      within(list.get(i), path + "[" + i + "]");
    }
  }

  private static void within(Object value, String path) {
    if (value instanceof Struct struct) {
      refuseAtomic(struct, path);
    }
  }

  private static void refuseAtomic(TreeSchema schema, JsonTree value, String path) {
    switch (value) {
      case JsonTree.Obj object -> {
        refuse(schema.isAtomicObject(), path);
        object
            .members()
            .forEach((name, member) -> {
              TreeSchema of = schema.member(name);
              refuseAtomic(of == null ? TreeSchema.ANYTHING : of, member, path + "." + name);
            });
      }
      case JsonTree.Arr list -> {
        refuse(schema.listKind() == ListKind.ATOMIC, path);
        TreeSchema items = schema.items();
        for (JsonTree element : list.elements()) {
          refuseAtomic(items == null ? TreeSchema.ANYTHING : items, element, path);
        }
      }
      default -> {
        // A scalar.
      }
    }
  }

  private static void refuse(boolean atomic, String path) {
    if (atomic) {
      throw PatchException.malformed(
          "invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: " + path);
    }
  }
}
