package dev.tiphys.api.merge;

import dev.tiphys.api.codec.DecodeOptions.Strictness;
import dev.tiphys.api.codec.Decoded;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.PartDecoder;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Field.PatchStrategy;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.value.RawJson;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Strategic merge patch: a merge patch that also merges lists whose type has a merge key, and obeys
 * directives: {@code $patch} (replace, delete), {@code $retainKeys}, {@code
 * $deleteFromPrimitiveList/…}, {@code $setElementOrder/…}.
 *
 * @see <a href="https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/">
 *     Merging objects declaratively</a>
 */
public final class StrategicMergePatch {

  static final String DIRECTIVE = "$patch";
  private static final String RETAIN_KEYS = "$retainKeys";
  static final String ORDER_PREFIX = "$setElementOrder/";
  static final String DELETE_PREFIX = "$deleteFromPrimitiveList/";

  private final PartDecoder decoder;
  private final StrategicLists lists;

  private StrategicMergePatch(PartDecoder decoder) {
    this.decoder = decoder;
    this.lists = new StrategicLists(decoder, this::struct);
  }

  /**
   * Patches a struct; the same instance if the patch changes nothing.
   *
   * @param strictness of fields in the patch that the type does not have
   * @throws PatchException if the patch is no object, or a directive is malformed
   * @throws dev.tiphys.api.codec.DecodeException if a value has another type than its field
   */
  @SuppressWarnings("unchecked")
  public static <T extends Struct> Decoded<T> apply(
      T struct, JsonTree patch, Strictness strictness) {
    if (!(patch instanceof JsonTree.Obj object)) {
      throw PatchException.malformed("a strategic merge patch must be a JSON object");
    }
    PartDecoder decoder = new PartDecoder(strictness);
    StrategicMergePatch run = new StrategicMergePatch(decoder);
    return decoder.finish((T) run.struct(struct.structType(), struct, object));
  }

  private Struct struct(StructType<?> type, @Nullable Struct original, JsonTree.Obj patch) {
    switch (directive(patch)) {
      case "replace" -> {
        return merged(type, null, patch);
      }
      case "delete" -> {
        return StructEdit.of(type, null).done();
      }
      default -> {
        return merged(type, original, patch);
      }
    }
  }

  /** The value of {@code $patch}, empty if there is none. */
  static String directive(JsonTree.Obj patch) {
    JsonTree directive = patch.get(DIRECTIVE);
    if (directive == null) {
      return "";
    }
    if (directive instanceof JsonTree.Text text) {
      switch (text.value()) {
        case "merge", "replace", "delete" -> {
          return text.value();
        }
        default -> {}
      }
    }
    throw PatchException.malformed(
        "unknown patch type: " + directive.toJson() + " in map: " + patch.toJson());
  }

  private Struct merged(StructType<?> type, @Nullable Struct original, JsonTree.Obj patch) {
    StructEdit<?> edit = StructEdit.of(type, original);
    Set<String> retained = retainedKeys(patch);
    if (retained != null) {
      for (Field field : type.fields()) {
        if (!retained.contains(field.name())) {
          edit.set(field.index(), null);
        }
      }
    }
    Set<String> lists = null;
    for (Map.Entry<String, JsonTree> member : patch.members().entrySet()) {
      String name = fieldName(member.getKey());
      Field field = type.field(name);
      if (name.equals(DIRECTIVE) || name.equals(RETAIN_KEYS)) {
        continue;
      }
      if (field == null) {
        // To remove what cannot be there changes nothing: kubectl apply does so after a typo.
        if (!(member.getValue() instanceof JsonTree.Null)) {
          decoder.unknown(type, name);
        }
      } else if (mergesAsList(field)) {
        lists = lists == null ? new HashSet<>() : lists;
        if (lists.add(name)) {
          mergeList(type, field, edit, patch);
        }
      } else if (name.equals(member.getKey())) {
        decoder.enterField(name);
        Object old = edit.get(field.index());
        edit.set(field.index(), value(field.type(), old, member.getValue(), type));
        decoder.leave();
      }
    }
    return edit.done();
  }

  /** The field that a member of a patch is about, whatever prefix tells what to do with it. */
  private static String fieldName(String member) {
    if (member.startsWith(ORDER_PREFIX)) {
      return member.substring(ORDER_PREFIX.length());
    }
    return member.startsWith(DELETE_PREFIX) ? member.substring(DELETE_PREFIX.length()) : member;
  }

  private static boolean mergesAsList(Field field) {
    return field.type() instanceof FieldType.ListOf
        && (field.patchStrategy() == PatchStrategy.MERGE
            || field.patchStrategy() == PatchStrategy.MERGE_RETAIN_KEYS);
  }

  private void mergeList(StructType<?> type, Field field, StructEdit<?> edit, JsonTree.Obj patch) {
    decoder.enterField(field.name());
    List<?> old = (List<?>) edit.get(field.index());
    List<?> merged = lists.merge(type, field, old == null ? List.of() : old, patch);
    edit.set(field.index(), merged.equals(old) ? old : merged);
    decoder.leave();
  }

  /** The keys that {@code $retainKeys} names, after checking that the patch sets no other. */
  private static @Nullable Set<String> retainedKeys(JsonTree.Obj patch) {
    JsonTree directive = patch.get(RETAIN_KEYS);
    if (directive == null) {
      return null;
    }
    if (!(directive instanceof JsonTree.Arr list)) {
      throw PatchException.malformed("invalid patch format of retainKeys");
    }
    Set<String> keys = new HashSet<>();
    for (JsonTree key : list.elements()) {
      if (!(key instanceof JsonTree.Text text)) {
        throw PatchException.malformed("invalid patch format of retainKeys");
      }
      keys.add(text.value());
    }
    patch
        .members()
        .forEach((name, value) -> {
          if (!(value instanceof JsonTree.Null) && !name.startsWith("$") && !keys.contains(name)) {
            throw PatchException.malformed("patch content doesn't match retainKeys list");
          }
        });
    return keys;
  }

  private @Nullable Object value(
      FieldType type, @Nullable Object original, JsonTree patch, StructType<?> owner) {
    if (patch instanceof JsonTree.Obj object) {
      switch (type) {
        case FieldType.StructRef ref -> {
          return struct(ref.target().get(), (Struct) original, object);
        }
        case FieldType.MapOf map -> {
          return map(map.value(), (Map<?, ?>) original, object, owner);
        }
        case FieldType.Scalar scalar when scalar == FieldType.Scalar.RAW_JSON -> {
          return MergePatch.raw((RawJson) original, object);
        }
        default -> {}
      }
    }
    Object decoded = decoder.decode(patch, type, owner);
    return decoded != null && decoded.equals(original) ? original : decoded;
  }

  private Map<?, ?> map(
      FieldType valueType, @Nullable Map<?, ?> original, JsonTree.Obj patch, StructType<?> owner) {
    String directive = directive(patch);
    boolean afresh = original == null || !directive.isEmpty() && !directive.equals("merge");
    Map<Object, Object> merged = afresh ? new LinkedHashMap<>() : new LinkedHashMap<>(original);
    if (directive.equals("delete")) {
      return merged;
    }
    Set<String> retained = retainedKeys(patch);
    if (retained != null) {
      merged.keySet().retainAll(retained);
    }
    for (Map.Entry<String, JsonTree> member : patch.members().entrySet()) {
      String key = member.getKey();
      if (!key.equals(DIRECTIVE) && !key.equals(RETAIN_KEYS)) {
        decoder.enterKey(key);
        Object entry = value(valueType, merged.get(key), member.getValue(), owner);
        if (entry == null) {
          merged.remove(key);
        } else {
          merged.put(key, entry);
        }
        decoder.leave();
      }
    }
    return original != null && merged.equals(original) ? original : merged;
  }
}
