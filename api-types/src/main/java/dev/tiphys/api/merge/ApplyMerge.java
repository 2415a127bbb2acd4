package dev.tiphys.api.merge;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Field.ListKind;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.TreeSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/** Puts an applied configuration into a live struct, and takes out what is no longer applied. */
final class ApplyMerge {

  private ApplyMerge() {}

  /** The live struct with what the configuration sets; the same instance if that is nothing new. */
  static Struct merge(Struct live, Struct config) {
    StructEdit<?> edit = StructEdit.of(live);
    for (Field field : live.structType().fields()) {
      Object applied = StructEdit.present(config.get(field.index()));
      if (applied != null) {
        Object old = StructEdit.present(live.get(field.index()));
        edit.set(field.index(), old == null ? applied : mergeField(field, old, applied));
      }
    }
    return edit.done();
  }

  private static Object mergeField(Field field, Object live, Object config) {
    boolean atomic = field.listKind() == ListKind.ATOMIC;
    return switch (field.type()) {
      case FieldType.StructRef _ when !atomic -> merge((Struct) live, (Struct) config);
      case FieldType.MapOf map when !atomic ->
          mergeMap(map.value(), (Map<?, ?>) live, (Map<?, ?>) config);
      case FieldType.Tree tree ->
          TreeMerge.merge(tree.schema(), (JsonTree) live, (JsonTree) config);
      default -> {
        ListKeys keys = ListKeys.of(field);
        if (keys != null) {
          yield mergeList(keys, (List<?>) live, (List<?>) config);
        }
        yield live.equals(config) ? live : config;
      }
    };
  }

  private static Struct mergeElement(Struct live, Struct config) {
    return live.structType().atomic() && !live.equals(config) ? config : merge(live, config);
  }

  private static Map<?, ?> mergeMap(FieldType valueType, Map<?, ?> live, Map<?, ?> config) {
    Map<Object, Object> merged = new LinkedHashMap<>(live);
    config.forEach((key, value) ->
        merged.merge(
            key,
            value,
            (old, applied) ->
                valueType instanceof FieldType.StructRef
                    ? merge((Struct) old, (Struct) applied)
                    : applied));
    return merged.equals(live) ? live : merged;
  }

  private static List<?> mergeList(ListKeys keys, List<?> live, List<?> config) {
    List<Object> merged =
        mergeElements(
            keys::keyOf,
            (old, element) -> keys.isSet() ? old : mergeElement((Struct) old, (Struct) element),
            List.copyOf(live),
            List.copyOf(config));
    return merged.equals(live) ? live : merged;
  }

  /**
   * Merges elements. Those applied come in the configuration's order; live ones that are not
   * applied keep their place before the applied ones that they stood before.
   *
   * @param keyOf equal for elements that are one and the same
   * @param both makes one of a live element and an applied one
   */
  static <T> List<T> mergeElements(
      Function<? super T, ?> keyOf, BinaryOperator<T> both, List<T> live, List<T> config) {
    Map<Object, T> liveByKey = HashMap.newHashMap(live.size());
    for (T element : live) {
      liveByKey.putIfAbsent(keyOf.apply(element), element);
    }
    Set<Object> applied = HashSet.newHashSet(config.size());
    List<Object> shared = new ArrayList<>();
    for (T element : config) {
      Object key = keyOf.apply(element);
      applied.add(key);
      if (liveByKey.containsKey(key)) {
        shared.add(key);
      }
    }
    List<T> merged = new ArrayList<>(live.size() + config.size());
    int nextLive = 0;
    int nextShared = 0;
    for (T element : config) {
      Object key = keyOf.apply(element);
      T old = liveByKey.get(key);
      // Live elements go first: up to this one, or, before one that is new, up to the next shared.
      Object until = old != null ? key : nextShared < shared.size() ? shared.get(nextShared) : null;
      while (nextLive < live.size() && !keyOf.apply(live.get(nextLive)).equals(until)) {
        T candidate = live.get(nextLive++);
        if (!applied.contains(keyOf.apply(candidate))) {
          merged.add(candidate);
        }
      }
      if (old != null) {
        nextShared++;
        boolean here = nextLive < live.size() && keyOf.apply(live.get(nextLive)).equals(key);
        nextLive += here ? 1 : 0;
      }
      merged.add(old == null ? element : both.apply(old, element));
    }
    while (nextLive < live.size()) {
      T candidate = live.get(nextLive++);
      if (!applied.contains(keyOf.apply(candidate))) {
        merged.add(candidate);
      }
    }
    return merged;
  }

  /**
   * Takes out what its owner applied before and nobody owns any more.
   *
   * @param last what the owner applied before
   * @param owned what anybody owns now, the owner's new configuration included
   */
  static Struct remove(Struct struct, FieldSet last, FieldSet owned) {
    StructEdit<?> edit = StructEdit.of(struct);
    for (int i = 0; i < last.size(); i++) {
      PathElement element = last.element(i);
      Field field = struct.structType().field(element.text());
      Object value = field == null ? null : StructEdit.present(struct.get(field.index()));
      if (field == null || value == null) {
        continue;
      }
      FieldSet ownedBelow = owned.child(element);
      // A struct's field counts as owned by whoever owns something in it.
      edit.set(
          field.index(),
          ownedBelow.isEmpty() ? null : removeWithin(field, value, last.childAt(i), ownedBelow));
    }
    Field rest = struct.structType().rest();
    if (rest != null && struct.get(rest.index()) instanceof JsonTree.Obj object) {
      JsonTree.Obj left = TreeMerge.members(TreeSchema.ANYTHING, object, last, owned);
      edit.set(rest.index(), left.members().isEmpty() ? null : left);
    }
    return edit.done();
  }

  private static Object removeWithin(Field field, Object value, FieldSet last, FieldSet owned) {
    boolean atomic = field.listKind() == ListKind.ATOMIC;
    return switch (field.type()) {
      case FieldType.StructRef _ when !atomic -> remove((Struct) value, last, owned);
      case FieldType.MapOf map when !atomic ->
          removeEntries(map.value(), (Map<?, ?>) value, last, owned);
      case FieldType.Tree tree -> TreeMerge.remove(tree.schema(), (JsonTree) value, last, owned);
      default -> {
        ListKeys keys = ListKeys.of(field);
        yield keys == null ? value : removeElements(keys, (List<?>) value, last, owned);
      }
    };
  }

  private static Map<?, ?> removeEntries(
      FieldType valueType, Map<?, ?> map, FieldSet last, FieldSet owned) {
    Map<Object, Object> kept = new LinkedHashMap<>(map);
    for (int i = 0; i < last.size(); i++) {
      PathElement element = last.element(i);
      FieldSet below = owned.child(element);
      if (below.isEmpty()) {
        kept.remove(element.text());
      } else if (valueType instanceof FieldType.StructRef) {
        FieldSet lastBelow = last.childAt(i);
        kept.computeIfPresent(
            element.text(), (_, value) -> removeInElement((Struct) value, lastBelow, below));
      }
    }
    return kept.equals(map) ? map : kept;
  }

  private static List<?> removeElements(
      ListKeys keys, List<?> list, FieldSet last, FieldSet owned) {
    List<Object> kept = new ArrayList<>(list.size());
    for (Object element : list) {
      PathElement path = keys.pathOf(element);
      FieldSet lastBelow = last.child(path);
      FieldSet ownedBelow = owned.child(path);
      if (lastBelow.isMember() && !ownedBelow.isMember()) {
        continue;
      }
      boolean within = !lastBelow.isEmpty() && !keys.isSet();
      kept.add(within ? removeInElement((Struct) element, lastBelow, ownedBelow) : element);
    }
    return kept.equals(list) ? list : kept;
  }

  private static Struct removeInElement(Struct element, FieldSet last, FieldSet owned) {
    return element.structType().atomic() ? element : remove(element, last, owned);
  }
}
