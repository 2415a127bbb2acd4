package dev.tiphys.api.merge;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.TreeSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link FieldWalk} below a field whose schema was brought at run time: the same
 * rules, on trees. Shares the walk's path.
 */
final class TreeWalk {

  private final List<PathElement> path;
  private final FieldSet.Builder added;
  private final FieldSet.Builder modified;
  private final FieldSet.Builder removed;

  TreeWalk(
      List<PathElement> path,
      FieldSet.Builder added,
      FieldSet.Builder modified,
      FieldSet.Builder removed) {
    this.path = path;
    this.added = added;
    this.modified = modified;
    this.removed = removed;
  }

  private static TreeSchema member(TreeSchema schema, String name) {
    TreeSchema member = schema.member(name);
    return member == null ? TreeSchema.ANYTHING : member;
  }

  private static TreeSchema orAnything(@Nullable TreeSchema schema) {
    return schema == null ? TreeSchema.ANYTHING : schema;
  }

  /** Notes how the value here differs. */
  void compare(TreeSchema schema, JsonTree old, JsonTree now) {
    if (old == now) {
      return;
    }
    if (old instanceof JsonTree.Obj before
        && now instanceof JsonTree.Obj after
        && !schema.isAtomicObject()) {
      members(schema, before, after);
      return;
    }
    TreeKeys keys = TreeKeys.of(schema);
    if (keys != null && old instanceof JsonTree.Arr before && now instanceof JsonTree.Arr after) {
      elements(keys, before, after);
    } else if (!old.equals(now)) {
      modified.add(path);
    }
  }

  /** Notes how the members of an object differ. */
  void members(TreeSchema schema, JsonTree.Obj before, JsonTree.Obj after) {
    after
        .members()
        .forEach((name, value) -> {
          JsonTree old = before.get(name);
          path.add(PathElement.field(name));
          if (old == null) {
            collect(member(schema, name), value, added, true);
          } else {
            compare(member(schema, name), old, value);
          }
          path.removeLast();
        });
    before
        .members()
        .forEach((name, value) -> {
          if (after.get(name) == null) {
            path.add(PathElement.field(name));
            collect(member(schema, name), value, removed, true);
            removed.add(path);
            path.removeLast();
          }
        });
  }

  private void elements(TreeKeys keys, JsonTree.Arr old, JsonTree.Arr now) {
    Map<PathElement, JsonTree> before = HashMap.newHashMap(old.elements().size());
    for (JsonTree element : old.elements()) {
      before.putIfAbsent(keys.pathOf(element), element);
    }
    for (JsonTree element : now.elements()) {
      PathElement key = keys.pathOf(element);
      JsonTree match = before.remove(key);
      path.add(key);
      if (match == null) {
        element(keys, element, added, true);
      } else if (!keys.isSet()) {
        compare(orAnything(keys.element()), match, element);
      }
      path.removeLast();
    }
    before.forEach((key, element) -> {
      path.add(key);
      element(keys, element, removed, true);
      path.removeLast();
    });
  }

  /**
   * Adds what the value here owns.
   *
   * @param withParents whether objects and lists are added themselves, as they are for those who
   *     create them by other means than apply
   */
  void collect(TreeSchema schema, JsonTree value, FieldSet.Builder into, boolean withParents) {
    if (value instanceof JsonTree.Obj object && !schema.isAtomicObject()) {
      if (withParents || object.members().isEmpty()) {
        into.add(path);
      }
      membersOf(schema, object, into, withParents);
      return;
    }
    TreeKeys keys = TreeKeys.of(schema);
    if (keys != null && value instanceof JsonTree.Arr list) {
      if (withParents || list.elements().isEmpty()) {
        into.add(path);
      }
      for (JsonTree element : list.elements()) {
        path.add(keys.pathOf(element));
        element(keys, element, into, withParents);
        path.removeLast();
      }
    } else {
      into.add(path);
    }
  }

  /** Adds what the members of an object own. */
  void membersOf(
      TreeSchema schema, JsonTree.Obj object, FieldSet.Builder into, boolean withParents) {
    object
        .members()
        .forEach((name, member) -> {
          path.add(PathElement.field(name));
          if (!schema.properties().containsKey(name)) {
            into.add(path);
          }
          collect(member(schema, name), member, into, withParents);
          path.removeLast();
        });
  }

  private void element(
      TreeKeys keys, JsonTree element, FieldSet.Builder into, boolean withParents) {
    into.add(path);
    TreeSchema schema = orAnything(keys.element());
    if (!keys.isSet() && element instanceof JsonTree.Obj object && !schema.isAtomicObject()) {
      membersOf(schema, object, into, withParents);
    }
  }
}
