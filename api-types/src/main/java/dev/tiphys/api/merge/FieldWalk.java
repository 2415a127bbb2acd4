package dev.tiphys.api.merge;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Field.ListKind;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.schema.TreeSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Walks structs by the rules of server-side apply: which fields there are, and which differ between
 * two. What is the same instance in both is not looked into. One instance a walk.
 */
final class FieldWalk {

  /** The paths in which two structs differ. */
  record Comparison(FieldSet added, FieldSet modified, FieldSet removed) {

    boolean isEmpty() {
      return added.isEmpty() && modified.isEmpty() && removed.isEmpty();
    }

    /** What has another value than before. */
    FieldSet changed() {
      return added.union(modified);
    }

    /** The same without some paths and what is below them. */
    Comparison without(FieldSet ignored) {
      return new Comparison(
          added.minusBelow(ignored), modified.minusBelow(ignored), removed.minusBelow(ignored));
    }
  }

  private final List<PathElement> path = new ArrayList<>();
  private final FieldSet.Builder added = new FieldSet.Builder();
  private final FieldSet.Builder modified = new FieldSet.Builder();
  private final FieldSet.Builder removed = new FieldSet.Builder();
  private final TreeWalk trees = new TreeWalk(path, added, modified, removed);

  private FieldWalk() {}

  /** The fields that an applied configuration sets. */
  static FieldSet fieldsOf(Struct struct) {
    FieldWalk walk = new FieldWalk();
    walk.structFields(struct, walk.added, false);
    return walk.added.build();
  }

  /** How a struct differs from an older one; without one, all its fields are added. */
  static Comparison compare(@Nullable Struct before, Struct after) {
    FieldWalk walk = new FieldWalk();
    if (before == null) {
      walk.structFields(after, walk.added, true);
    } else {
      walk.structs(before, after);
    }
    return new Comparison(walk.added.build(), walk.modified.build(), walk.removed.build());
  }

  private void structs(Struct before, Struct after) {
    List<Field> fields = after.structType().fields();
    for (int i = 0; i < fields.size(); i++) {
      Object old = before.get(i);
      Object now = after.get(i);
      if (old != now) {
        values(fields.get(i), old, now);
      }
    }
  }

  private void values(Field field, @Nullable Object before, @Nullable Object after) {
    Object old = StructEdit.present(before);
    Object now = StructEdit.present(after);
    if (old == now) {
      return;
    }
    if (field.isRest()) {
      trees.members(TreeSchema.ANYTHING, restOf(old), restOf(now));
      return;
    }
    path.add(PathElement.field(field.name()));
    if (old == null) {
      if (now != null) {
        collectField(field, now, added, true);
      }
    } else if (now == null) {
      collectField(field, old, removed, true);
      removed.add(path);
    } else {
      differing(field, old, now);
    }
    path.removeLast();
  }

  private static JsonTree.Obj restOf(@Nullable Object rest) {
    return rest == null ? JsonTree.EMPTY_OBJECT : (JsonTree.Obj) rest;
  }

  private void differing(Field field, Object old, Object now) {
    boolean atomic = field.listKind() == ListKind.ATOMIC;
    switch (field.type()) {
      case FieldType.StructRef _ when !atomic -> structs((Struct) old, (Struct) now);
      case FieldType.MapOf map when !atomic -> maps(map.value(), (Map<?, ?>) old, (Map<?, ?>) now);
      case FieldType.Tree tree -> trees.compare(tree.schema(), (JsonTree) old, (JsonTree) now);
      default -> {
        ListKeys keys = ListKeys.of(field);
        if (keys != null) {
          lists(keys, (List<?>) old, (List<?>) now);
        } else if (!old.equals(now)) {
          modified.add(path);
        }
      }
    }
  }

  private void maps(FieldType valueType, Map<?, ?> old, Map<?, ?> now) {
    now.forEach((key, value) -> {
      Object before = old.get(key);
      if (value == before) {
        return;
      }
      path.add(PathElement.field((String) key));
      if (before == null) {
        collectEntry(valueType, value, added, true);
      } else if (valueType instanceof FieldType.StructRef) {
        structs((Struct) before, (Struct) value);
      } else if (!value.equals(before)) {
        modified.add(path);
      }
      path.removeLast();
    });
    old.forEach((key, value) -> {
      if (!now.containsKey(key)) {
        path.add(PathElement.field((String) key));
        collectEntry(valueType, value, removed, true);
        path.removeLast();
      }
    });
  }

  /** Structs that are elements of lists or maps: only their type says whether they are one. */
  private void elements(Struct before, Struct after) {
    if (!after.structType().atomic()) {
      structs(before, after);
    } else if (!before.equals(after)) {
      modified.add(path);
    }
  }

  private void lists(ListKeys keys, List<?> old, List<?> now) {
    Map<Object, Object> before = HashMap.newHashMap(old.size());
    for (Object element : old) {
      before.putIfAbsent(keys.keyOf(element), element);
    }
    for (Object element : now) {
      Object match = before.remove(keys.keyOf(element));
      if (match == element) {
        continue;
      }
      if (match == null) {
        path.add(keys.pathOf(element));
        collectElement(keys, element, added, true);
        path.removeLast();
      } else if (!keys.isSet()) {
        path.add(keys.pathOf(element));
        elements((Struct) match, (Struct) element);
        path.removeLast();
      }
    }
    for (Object element : before.values()) {
      path.add(keys.pathOf(element));
      collectElement(keys, element, removed, true);
      path.removeLast();
    }
  }

  /** Adds all fields of a struct. */
  private void structFields(Struct struct, FieldSet.Builder into, boolean withParents) {
    StructType<?> type = struct.structType();
    List<Field> fields = type.fields();
    for (int i = 0; i < fields.size(); i++) {
      Object value = StructEdit.present(struct.get(i));
      if (value != null && fields.get(i).isRest()) {
        trees.membersOf(TreeSchema.ANYTHING, restOf(value), into, withParents);
      } else if (value != null) {
        path.add(PathElement.field(fields.get(i).name()));
        collectField(fields.get(i), value, into, withParents);
        path.removeLast();
      }
    }
  }

  /**
   * Adds a field's value: what is owned as a whole at its own path, all else at the paths below.
   *
   * @param withParents whether maps and lists are added at their own paths too, as they are for
   *     those who create them by other means than apply
   */
  private void collectField(Field field, Object value, FieldSet.Builder into, boolean withParents) {
    boolean atomic = field.listKind() == ListKind.ATOMIC;
    switch (field.type()) {
      case FieldType.StructRef _ when !atomic -> nested((Struct) value, into, withParents);
      case FieldType.Tree tree -> trees.collect(tree.schema(), (JsonTree) value, into, withParents);
      case FieldType.MapOf map when !atomic -> {
        if (withParents) {
          into.add(path);
        }
        ((Map<?, ?>) value)
            .forEach((key, entry) -> {
              path.add(PathElement.field((String) key));
              collectEntry(map.value(), entry, into, withParents);
              path.removeLast();
            });
      }
      default -> {
        ListKeys keys = ListKeys.of(field);
        if (keys == null || withParents && !field.required()) {
          into.add(path);
        }
        if (keys != null) {
          for (Object element : (List<?>) value) {
            path.add(keys.pathOf(element));
            collectElement(keys, element, into, withParents);
            path.removeLast();
          }
        }
      }
    }
  }

  /** A struct without fields is owned itself. */
  private void nested(Struct struct, FieldSet.Builder into, boolean withParents) {
    if (isEmpty(struct)) {
      into.add(path);
    } else {
      structFields(struct, into, withParents);
    }
  }

  private static boolean isEmpty(Struct struct) {
    for (int i = struct.structType().fields().size() - 1; i >= 0; i--) {
      if (!StructEdit.isAbsent(struct.get(i))) {
        return false;
      }
    }
    return true;
  }

  private void collectEntry(
      FieldType type, Object value, FieldSet.Builder into, boolean withParents) {
    into.add(path);
    if (type instanceof FieldType.StructRef && !((Struct) value).structType().atomic()) {
      structFields((Struct) value, into, withParents);
    }
  }

  private void collectElement(
      ListKeys keys, Object element, FieldSet.Builder into, boolean withParents) {
    into.add(path);
    if (!keys.isSet() && !((Struct) element).structType().atomic()) {
      structFields((Struct) element, into, withParents);
    }
  }
}
