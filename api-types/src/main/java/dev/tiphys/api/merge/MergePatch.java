package dev.tiphys.api.merge;

import dev.tiphys.api.codec.DecodeOptions.Strictness;
import dev.tiphys.api.codec.Decoded;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.PartDecoder;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.value.RawJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON merge patch, RFC 7386: what the patch names is replaced, objects within each other are
 * merged, null removes, lists are replaced as a whole.
 */
public final class MergePatch {

  private final PartDecoder decoder;

  private MergePatch(PartDecoder decoder) {
    this.decoder = decoder;
  }

  /**
   * Patches a struct; the same instance if the patch changes nothing it names.
   *
   * @param strictness of fields in the patch that the type does not have
   * @throws PatchException if the patch is no object
   * @throws dev.tiphys.api.codec.DecodeException if a value has another type than its field
   */
  @SuppressWarnings("unchecked")
  public static <T extends Struct> Decoded<T> apply(
      T struct, JsonTree patch, Strictness strictness) {
    if (!(patch instanceof JsonTree.Obj object)) {
      throw PatchException.malformed("a merge patch must be a JSON object");
    }
    PartDecoder decoder = new PartDecoder(strictness);
    return decoder.finish((T) new MergePatch(decoder).struct(struct.structType(), struct, object));
  }

  private Struct struct(StructType<?> type, @Nullable Struct original, JsonTree.Obj patch) {
    StructEdit<?> edit = StructEdit.of(type, original);
    patch
        .members()
        .forEach((name, value) -> {
          Field field = type.field(name);
          Field rest = type.rest();
          if (field == null && rest != null && !isTypeMeta(name)) {
            JsonTree.Obj member = new JsonTree.Obj(Map.of(name, value));
            JsonTree.Obj old = (JsonTree.Obj) edit.get(rest.index());
            edit.set(rest.index(), tree(old, member));
          } else if (field == null) {
            // To remove what cannot be there changes nothing: kubectl apply does so after a typo.
            if (!(value instanceof JsonTree.Null)) {
              decoder.unknown(type, name);
            }
          } else {
            decoder.enterField(name);
            edit.set(field.index(), value(field.type(), edit.get(field.index()), value, type));
            decoder.leave();
          }
        });
    return edit.done();
  }

  private static boolean isTypeMeta(String name) {
    return name.equals("kind") || name.equals("apiVersion");
  }

  private @Nullable Object value(
      FieldType type, @Nullable Object original, JsonTree patch, StructType<?> owner) {
    if (patch instanceof JsonTree.Obj object) {
      switch (type) {
        case FieldType.StructRef ref -> {
          return struct(ref.target().get(), (Struct) original, object);
        }
        case FieldType.Tree _ -> {
          JsonTree pruned = decoder.decode(patch, type, owner) instanceof JsonTree t ? t : patch;
          JsonTree merged = tree((JsonTree) original, pruned);
          return merged.equals(original) ? original : merged;
        }
        case FieldType.MapOf map -> {
          return map(map.value(), (Map<?, ?>) original, object, owner);
        }
        case FieldType.Scalar scalar when scalar == FieldType.Scalar.RAW_JSON -> {
          return raw((RawJson) original, object);
        }
        default -> {}
      }
    }
    Object decoded = decoder.decode(patch, type, owner);
    return decoded != null && decoded.equals(original) ? original : decoded;
  }

  private Map<?, ?> map(
      FieldType valueType, @Nullable Map<?, ?> original, JsonTree.Obj patch, StructType<?> owner) {
    Map<Object, Object> merged =
        original == null ? new LinkedHashMap<>() : new LinkedHashMap<>(original);
    patch
        .members()
        .forEach((key, value) -> {
          decoder.enterKey(key);
          Object entry = value(valueType, merged.get(key), value, owner);
          if (entry == null) {
            merged.remove(key);
          } else {
            merged.put(key, entry);
          }
          decoder.leave();
        });
    return original != null && merged.equals(original) ? original : merged;
  }

  /** A patch within a field that has no schema. */
  static RawJson raw(@Nullable RawJson original, JsonTree.Obj patch) {
    JsonTree old = original == null ? null : JsonTree.parse(original);
    JsonTree merged = tree(old, patch);
    return original != null && merged.equals(old) ? original : new RawJson(merged.toJson());
  }

  /** The rule itself, on values without a schema. */
  static JsonTree tree(@Nullable JsonTree original, JsonTree patch) {
    if (!(patch instanceof JsonTree.Obj object)) {
      return patch;
    }
    Map<String, JsonTree> merged =
        original instanceof JsonTree.Obj old
            ? new LinkedHashMap<>(old.members())
            : new LinkedHashMap<>();
    object
        .members()
        .forEach((name, value) -> {
          if (value instanceof JsonTree.Null) {
            merged.remove(name);
          } else {
            merged.put(name, tree(merged.get(name), value));
          }
        });
    return new JsonTree.Obj(merged);
  }

  /** Patches a document without a schema. */
  public static JsonTree apply(JsonTree document, JsonTree patch) {
    return tree(document, patch);
  }
}
