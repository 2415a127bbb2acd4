package dev.tiphys.api.merge;

import dev.tiphys.api.codec.DecodeOptions;
import dev.tiphys.api.codec.Decoded;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON patch, RFC 6902: a list of operations on places in a document, all or none. */
public final class JsonPatch {

  private int copiedBytes;

  private JsonPatch() {}

  /**
   * Patches a struct.
   *
   * @param patch the operations
   * @param options for decoding what comes out
   * @throws PatchException if the patch is malformed or does not apply
   * @throws dev.tiphys.api.codec.DecodeException if what comes out does not fit the type
   */
  @SuppressWarnings("unchecked")
  public static <T extends Struct> Decoded<T> apply(
      T struct, JsonTree patch, DecodeOptions options) {
    JsonTree patched = apply(JsonCodec.toTree(struct), patch);
    return JsonCodec.decode(patched.toBytes(), (StructType<T>) struct.structType(), options);
  }

  /**
   * Patches a document.
   *
   * @throws PatchException if the patch is malformed or does not apply
   */
  public static JsonTree apply(JsonTree document, JsonTree patch) {
    if (!(patch instanceof JsonTree.Arr operations)) {
      throw PatchException.malformed("a JSON patch must be a list of operations");
    }
    int count = operations.elements().size();
    if (count > Limits.MAX_PATCH_OPERATIONS) {
      throw PatchException.malformed(
          "The allowed maximum operations in a JSON patch is "
              + Limits.MAX_PATCH_OPERATIONS
              + ", got "
              + count);
    }
    JsonPatch run = new JsonPatch();
    JsonTree result = document;
    for (JsonTree operation : operations.elements()) {
      if (!(operation instanceof JsonTree.Obj object)) {
        throw PatchException.malformed("an operation of a JSON patch must be an object");
      }
      result = run.operation(result, object);
    }
    return result;
  }

  private JsonTree operation(JsonTree document, JsonTree.Obj operation) {
    String op = text(operation, "op");
    JsonPointer path = JsonPointer.parse(text(operation, "path"));
    return switch (op) {
      case "add" -> add(document, path, value(operation), "add");
      case "remove" -> remove(document, path, "remove");
      case "replace" -> replace(document, path, value(operation));
      case "test" -> test(document, path, operation.get("value"));
      case "move" -> move(document, from(operation), path);
      case "copy" -> copy(document, from(operation), path);
      default -> throw PatchException.doesNotApply("Unexpected kind: " + op);
    };
  }

  private static String text(JsonTree.Obj operation, String name) {
    if (operation.get(name) instanceof JsonTree.Text text) {
      return text.value();
    }
    throw PatchException.malformed("an operation of a JSON patch lacks '" + name + "'");
  }

  private static JsonPointer from(JsonTree.Obj operation) {
    return JsonPointer.parse(text(operation, "from"));
  }

  private static JsonTree value(JsonTree.Obj operation) {
    JsonTree value = operation.get("value");
    if (value == null) {
      throw PatchException.malformed("an operation of a JSON patch lacks 'value'");
    }
    return value;
  }

  private static JsonTree add(JsonTree document, JsonPointer path, JsonTree value, String op) {
    if (path.isRoot()) {
      return value;
    }
    return inParent(
        document,
        path,
        0,
        op,
        (parent, last) ->
            switch (parent) {
              case JsonTree.Obj object -> with(object, last, value);
              case JsonTree.Arr list -> {
                List<JsonTree> elements = new ArrayList<>(list.elements());
                int at = last.equals("-") ? elements.size() : index(last, elements.size());
                elements.add(at, value);
                yield new JsonTree.Arr(elements);
              }
              default -> throw missing(op, path);
            });
  }

  private static JsonTree remove(JsonTree document, JsonPointer path, String op) {
    if (path.isRoot()) {
      return JsonTree.Null.NULL;
    }
    return inParent(
        document,
        path,
        0,
        op,
        (parent, last) ->
            switch (parent) {
              case JsonTree.Obj object when object.get(last) != null -> {
                Map<String, JsonTree> members = new LinkedHashMap<>(object.members());
                members.remove(last);
                yield new JsonTree.Obj(members);
              }
              case JsonTree.Arr list -> {
                List<JsonTree> elements = new ArrayList<>(list.elements());
                elements.remove(index(last, elements.size() - 1));
                yield new JsonTree.Arr(elements);
              }
              default ->
                  throw PatchException.doesNotApply(
                      "error in "
                          + op
                          + " for path: '"
                          + path.text()
                          + "': Unable to remove nonexistent key: "
                          + last
                          + ": missing value");
            });
  }

  private static JsonTree replace(JsonTree document, JsonPointer path, JsonTree value) {
    if (path.isRoot()) {
      return value;
    }
    return inParent(
        document,
        path,
        0,
        "replace",
        (parent, last) ->
            switch (parent) {
              case JsonTree.Obj object when object.get(last) != null -> with(object, last, value);
              case JsonTree.Arr list -> {
                List<JsonTree> elements = new ArrayList<>(list.elements());
                elements.set(index(last, elements.size() - 1), value);
                yield new JsonTree.Arr(elements);
              }
              default ->
                  throw PatchException.doesNotApply(
                      "replace operation does not apply: doc is missing key: "
                          + path.text()
                          + ": missing value");
            });
  }

  private static JsonTree test(JsonTree document, JsonPointer path, @Nullable JsonTree expected) {
    JsonTree found = find(document, path);
    boolean isNull = expected == null || expected instanceof JsonTree.Null;
    boolean same = found == null ? isNull : found.equals(isNull ? JsonTree.Null.NULL : expected);
    if (!same) {
      throw PatchException.doesNotApply("testing value " + path.text() + " failed: test failed");
    }
    return document;
  }

  private static JsonTree move(JsonTree document, JsonPointer from, JsonPointer path) {
    if (path.isWithin(from)) {
      throw PatchException.doesNotApply("a value cannot be moved into itself: " + path.text());
    }
    JsonTree moved = source(document, from, "move");
    return add(remove(document, from, "move"), path, moved, "move");
  }

  private JsonTree copy(JsonTree document, JsonPointer from, JsonPointer path) {
    JsonTree copied = source(document, from, "copy");
    copiedBytes += copied.toBytes().length;
    if (copiedBytes > Limits.MAX_COPIED_BYTES) {
      throw PatchException.doesNotApply(
          "Unable to complete the copy, the accumulated size increase of copy is "
              + copiedBytes
              + ", exceeding the limit "
              + Limits.MAX_COPIED_BYTES);
    }
    return add(document, path, copied, "copy");
  }

  private static JsonTree source(JsonTree document, JsonPointer from, String op) {
    JsonTree found = find(document, from);
    if (found == null) {
      throw PatchException.doesNotApply(
          op
              + " operation does not apply: doc is missing from path: "
              + from.text()
              + ": missing value");
    }
    return found;
  }

  private static @Nullable JsonTree find(JsonTree document, JsonPointer path) {
    JsonTree at = document;
    for (String part : path.parts()) {
      at =
          switch (at) {
            case JsonTree.Obj object -> object.get(part);
            case JsonTree.Arr list -> list.elements().get(index(part, list.elements().size() - 1));
            case null, default -> null;
          };
    }
    return at;
  }

  /** What to do with the value that holds the last part of a path. */
  private interface ParentChange {
    JsonTree apply(JsonTree parent, String last);
  }

  /** Goes down to the value that holds the last part, changes it, and rebuilds what is around. */
  private static JsonTree inParent(
      JsonTree at, JsonPointer path, int depth, String op, ParentChange change) {
    String part = path.parts().get(depth);
    if (depth == path.parts().size() - 1) {
      return change.apply(at, part);
    }
    return switch (at) {
      case JsonTree.Obj object when object.get(part) instanceof JsonTree next ->
          with(object, part, inParent(next, path, depth + 1, op, change));
      case JsonTree.Arr list -> {
        List<JsonTree> elements = new ArrayList<>(list.elements());
        int index = index(part, elements.size() - 1);
        elements.set(index, inParent(elements.get(index), path, depth + 1, op, change));
        yield new JsonTree.Arr(elements);
      }
      default -> throw missing(op, path);
    };
  }

  private static JsonTree with(JsonTree.Obj object, String name, JsonTree value) {
    Map<String, JsonTree> members = new LinkedHashMap<>(object.members());
    members.put(name, value);
    return new JsonTree.Obj(members);
  }

  private static int index(String part, int max) {
    int index = -1;
    boolean leadingZero = part.length() > 1 && part.charAt(0) == '0';
    if (!part.isEmpty() && !leadingZero && part.chars().allMatch(c -> c >= '0' && c <= '9')) {
      index = part.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(part);
    }
    if (index < 0 || index > max) {
      throw PatchException.doesNotApply(
          "Unable to access invalid index: " + part + ": invalid index referenced");
    }
    return index;
  }

  private static PatchException missing(String op, JsonPointer path) {
    return PatchException.doesNotApply(
        op
            + " operation does not apply: doc is missing path: \""
            + path.text()
            + "\": missing value");
  }
}
