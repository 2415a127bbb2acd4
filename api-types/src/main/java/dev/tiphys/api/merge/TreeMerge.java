package dev.tiphys.api.merge;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.TreeSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of {@link ApplyMerge} below a field whose schema was brought at run time. */
final class TreeMerge {

  private TreeMerge() {}

  private static TreeSchema member(TreeSchema schema, String name) {
    TreeSchema member = schema.member(name);
    return member == null ? TreeSchema.ANYTHING : member;
  }

  private static TreeSchema orAnything(@Nullable TreeSchema schema) {
    return schema == null ? TreeSchema.ANYTHING : schema;
  }

  /** The live value with what is applied; the same instance if that is nothing new. */
  static JsonTree merge(TreeSchema schema, JsonTree live, JsonTree config) {
    if (live.equals(config)) {
      return live;
    }
    if (live instanceof JsonTree.Obj old
        && config instanceof JsonTree.Obj applied
        && !schema.isAtomicObject()) {
      Map<String, JsonTree> merged = new LinkedHashMap<>(old.members());
      applied
          .members()
          .forEach((name, value) ->
              merged.merge(
                  name, value, (before, after) -> merge(member(schema, name), before, after)));
      return merged.equals(old.members()) ? live : new JsonTree.Obj(merged);
    }
    TreeKeys keys = TreeKeys.of(schema);
    if (keys != null
        && live instanceof JsonTree.Arr old
        && config instanceof JsonTree.Arr applied) {
      List<JsonTree> merged =
          ApplyMerge.mergeElements(
              keys::pathOf,
              (before, after) ->
                  keys.isSet() ? before : merge(orAnything(keys.element()), before, after),
              old.elements(),
              applied.elements());
      return merged.equals(old.elements()) ? live : new JsonTree.Arr(merged);
    }
    return config;
  }

  /** Takes out what its owner applied before and nobody owns any more. */
  static JsonTree remove(TreeSchema schema, JsonTree value, FieldSet last, FieldSet owned) {
    if (value instanceof JsonTree.Obj object && !schema.isAtomicObject()) {
      return members(schema, object, last, owned);
    }
    TreeKeys keys = TreeKeys.of(schema);
    if (keys != null && value instanceof JsonTree.Arr list) {
      return elements(keys, list, last, owned);
    }
    return value;
  }

  /** As {@link #remove}, of an object. */
  static JsonTree.Obj members(
      TreeSchema schema, JsonTree.Obj object, FieldSet last, FieldSet owned) {
    Map<String, JsonTree> kept = new LinkedHashMap<>(object.members());
    for (int i = 0; i < last.size(); i++) {
      String name = last.element(i).text();
      JsonTree value = object.get(name);
      if (value == null) {
        continue;
      }
      FieldSet below = owned.child(last.element(i));
      if (below.isEmpty() && last.childAt(i).isMember()) {
        kept.remove(name);
        continue;
      }
      JsonTree left = remove(member(schema, name), value, last.childAt(i), below);
      boolean emptied = left instanceof JsonTree.Obj rest && rest.members().isEmpty();
      if (below.isEmpty() && emptied) {
        kept.remove(name);
      } else {
        kept.put(name, left);
      }
    }
    return kept.equals(object.members()) ? object : new JsonTree.Obj(kept);
  }

  private static JsonTree elements(
      TreeKeys keys, JsonTree.Arr list, FieldSet last, FieldSet owned) {
    List<JsonTree> kept = new ArrayList<>(list.elements().size());
    for (JsonTree element : list.elements()) {
      PathElement path = keys.pathOf(element);
      FieldSet lastBelow = last.child(path);
      FieldSet ownedBelow = owned.child(path);
      if (lastBelow.isMember() && !ownedBelow.isMember()) {
        continue;
      }
      kept.add(
          keys.isSet() || lastBelow.isEmpty()
              ? element
              : remove(orAnything(keys.element()), element, lastBelow, ownedBelow));
    }
    return kept.equals(list.elements()) ? list : new JsonTree.Arr(kept);
  }
}
