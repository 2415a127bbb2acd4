package dev.tiphys.cli.write;

import dev.tiphys.api.codec.JsonTree;
import java.util.LinkedHashMap;
import java.util.Map;

/** Applies merge patches (RFC 7386) here, for dry runs. Pure. */
final class Merge {

  private Merge() {}

  static JsonTree of(JsonTree target, JsonTree patch) {
    if (!(patch instanceof JsonTree.Obj changes)) {
      return patch;
    }
    Map<String, JsonTree> members =
        new LinkedHashMap<>(target instanceof JsonTree.Obj object ? object.members() : Map.of());
    changes
        .members()
        .forEach((name, value) -> {
          if (value == JsonTree.Null.NULL) {
            members.remove(name);
          } else {
            members.put(name, of(members.getOrDefault(name, JsonTree.Null.NULL), value));
          }
        });
    return new JsonTree.Obj(members);
  }
}
