package dev.tiphys.cli.tree;

import dev.tiphys.api.codec.JsonTree;
import java.util.LinkedHashMap;
import java.util.Map;

/** Finds the merge patch (RFC 7386) between two objects. */
public final class MergeDiff {

  private MergeDiff() {}

  /** What turns one object into another; an empty object if nothing does. */
  public static JsonTree.Obj between(JsonTree.Obj before, JsonTree.Obj after) {
    Map<String, JsonTree> changes = new LinkedHashMap<>();
    before
        .members()
        .forEach((name, old) -> {
          JsonTree now = after.get(name);
          if (now == null) {
            changes.put(name, JsonTree.Null.NULL);
          } else if (!now.equals(old)) {
            changes.put(
                name,
                old instanceof JsonTree.Obj was && now instanceof JsonTree.Obj is
                    ? between(was, is)
                    : now);
          }
        });
    after
        .members()
        .forEach((name, now) -> {
          if (before.get(name) == null) {
            changes.put(name, now);
          }
        });
    return new JsonTree.Obj(changes);
  }
}
