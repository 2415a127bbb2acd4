package dev.tiphys.api.merge;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.PartDecoder;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The lists of a strategic merge patch that merge: elements of structs by their merge key, scalars
 * as a set. What the patch names comes in the patch's order, what only the server has keeps its
 * place among it as far as the two orders agree.
 */
final class StrategicLists {

  /** Merges an element. */
  interface StructMerge {
    Struct merge(StructType<?> type, @Nullable Struct original, JsonTree.Obj patch);
  }

  private final PartDecoder decoder;
  private final StructMerge elements;

  StrategicLists(PartDecoder decoder, StructMerge elements) {
    this.decoder = decoder;
    this.elements = elements;
  }

  /** The list of a field after what a patch says of it, by its name and its directives. */
  List<?> merge(StructType<?> owner, Field field, List<?> original, JsonTree.Obj patch) {
    JsonTree content = patch.get(field.name());
    if (content instanceof JsonTree.Null) {
      return List.of();
    }
    JsonTree order = patch.get(StrategicMergePatch.ORDER_PREFIX + field.name());
    JsonTree deletes = patch.get(StrategicMergePatch.DELETE_PREFIX + field.name());
    FieldType element = ((FieldType.ListOf) field.type()).element();
    if (content != null && !(content instanceof JsonTree.Arr)) {
      // Fails with the message of a wrong type.
      decoder.decode(content, field.type(), owner);
    }
    List<JsonTree> items = content instanceof JsonTree.Arr list ? list.elements() : List.of();
    if (element instanceof FieldType.StructRef ref) {
      return structs(owner, field, ref, original, items, order);
    }
    return scalars(owner, field, original, items, deletes, order);
  }

  private List<?> scalars(
      StructType<?> owner,
      Field field,
      List<?> original,
      List<JsonTree> items,
      @Nullable JsonTree deletes,
      @Nullable JsonTree order) {
    LinkedHashSet<Object> merged = new LinkedHashSet<>(original);
    if (deletes != null) {
      merged.removeAll(decoded(deletes, field, owner, "invalid patch format of primitive list"));
    }
    List<?> added = decoded(new JsonTree.Arr(items), field, owner, "");
    merged.addAll(added);
    List<?> wanted =
        order == null
            ? added
            : decoded(order, field, owner, "invalid patch format of setElementOrder list");
    return ordered(new ArrayList<>(merged), wanted, original, element -> element);
  }

  private List<?> decoded(JsonTree list, Field field, StructType<?> owner, String complaint) {
    if (!(list instanceof JsonTree.Arr)) {
      throw PatchException.malformed(complaint);
    }
    Object decoded = decoder.decode(list, field.type(), owner);
    return decoded == null ? List.of() : (List<?>) decoded;
  }

  private List<?> structs(
      StructType<?> owner,
      Field field,
      FieldType.StructRef ref,
      List<?> original,
      List<JsonTree> items,
      @Nullable JsonTree order) {
    StructType<?> type = ref.target().get();
    String keyName = String.valueOf(field.patchMergeKey());
    Field key = type.field(keyName);
    if (key == null) {
      throw new IllegalStateException(type + " has no field for the merge key " + keyName);
    }
    List<Struct> merged = new ArrayList<>();
    boolean replaces = items.stream().anyMatch(item -> directive(item).equals("replace"));
    if (!replaces) {
      original.forEach(old -> merged.add((Struct) old));
    }
    List<Object> mentioned = new ArrayList<>();
    for (JsonTree item : items) {
      if (!(item instanceof JsonTree.Obj object)) {
        decoder.decode(item, ref, owner);
        throw PatchException.malformed("invalid patch format of list " + field.name());
      }
      switch (directive(object)) {
        case "delete" -> {
          Object value = keyOf(object, key, type);
          merged.removeIf(old -> value.equals(old.get(key.index())));
        }
        case "replace" -> {}
        case "merge" ->
            throw PatchException.malformed("merging lists cannot yet be specified in the patch");
        default -> mentioned.add(mergeElement(merged, object, key, type));
      }
    }
    List<?> wanted = order == null ? mentioned : keysOf(order, key, type);
    List<Object> serverOrder = new ArrayList<>();
    for (Object old : original) {
      serverOrder.add(((Struct) old).get(key.index()));
    }
    return ordered(merged, wanted, serverOrder, element -> element.get(key.index()));
  }

  private static String directive(JsonTree item) {
    return item instanceof JsonTree.Obj object ? StrategicMergePatch.directive(object) : "";
  }

  /** Merges an element of the patch into the one with its key, or appends it; tells the key. */
  private Object mergeElement(
      List<Struct> merged, JsonTree.Obj item, Field key, StructType<?> type) {
    Object value = keyOf(item, key, type);
    int at = 0;
    while (at < merged.size() && !value.equals(merged.get(at).get(key.index()))) {
      at++;
    }
    decoder.enterElement(at);
    if (at < merged.size()) {
      merged.set(at, elements.merge(type, merged.get(at), item));
    } else {
      merged.add(elements.merge(type, null, item));
    }
    decoder.leave();
    return value;
  }

  private Object keyOf(JsonTree.Obj item, Field key, StructType<?> type) {
    JsonTree value = item.get(key.name());
    Object decoded = null;
    if (value != null) {
      decoder.enterField(key.name());
      decoded = decoder.decode(value, key.type(), type);
      decoder.leave();
    }
    if (decoded == null) {
      throw PatchException.malformed(
          "map: " + item.toJson() + " does not contain declared merge key: " + key.name());
    }
    return decoded;
  }

  private List<Object> keysOf(JsonTree order, Field key, StructType<?> type) {
    if (!(order instanceof JsonTree.Arr list)) {
      throw PatchException.malformed("invalid patch format of setElementOrder list");
    }
    List<Object> keys = new ArrayList<>();
    for (JsonTree item : list.elements()) {
      if (!(item instanceof JsonTree.Obj object)) {
        throw PatchException.malformed("invalid patch format of setElementOrder list");
      }
      keys.add(keyOf(object, key, type));
    }
    return keys;
  }

  /**
   * Puts elements in order: those wanted as the patch has them, the others as the server had them,
   * one of the others before one of the wanted only where the server had both so.
   */
  private static <E> List<E> ordered(
      List<E> elements, List<?> wanted, List<?> serverOrder, Function<E, @Nullable Object> keyOf) {
    Map<Object, Integer> wantedAt = positions(wanted);
    Map<Object, Integer> serverAt = positions(serverOrder);
    List<E> patch = new ArrayList<>();
    List<E> others = new ArrayList<>();
    for (E element : elements) {
      (wantedAt.containsKey(keyOf.apply(element)) ? patch : others).add(element);
    }
    patch.sort(Comparator.comparingInt(e -> position(wantedAt, keyOf.apply(e))));
    others.sort(Comparator.comparingInt(e -> position(serverAt, keyOf.apply(e))));
    List<E> result = new ArrayList<>(elements.size());
    int next = 0;
    for (E element : patch) {
      int at = position(serverAt, keyOf.apply(element));
      while (at != Integer.MAX_VALUE
          && next < others.size()
          && position(serverAt, keyOf.apply(others.get(next))) < at) {
        result.add(others.get(next++));
      }
      result.add(element);
    }
    result.addAll(others.subList(next, others.size()));
    return result;
  }

  private static Map<Object, Integer> positions(List<?> keys) {
    Map<Object, Integer> positions = new HashMap<>();
    for (Object key : keys) {
      positions.putIfAbsent(key, positions.size());
    }
    return positions;
  }

  private static int position(Map<Object, Integer> positions, @Nullable Object key) {
    return positions.getOrDefault(key, Integer.MAX_VALUE);
  }
}
