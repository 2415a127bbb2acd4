package dev.tiphys.apiserver.extension;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.CustomObject;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.GroupVersionKind;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Custom resources as whole trees. */
public final class Trees {

  private Trees() {}

  /** An object with its kind and metadata; its parts are shared, not copied. */
  public static JsonTree.Obj of(CustomObject object) {
    Map<String, JsonTree> members = new TreeMap<>();
    GroupVersionKind kind = Objects.requireNonNull(object.structType().kind());
    members.put("apiVersion", new JsonTree.Text(kind.apiVersion()));
    members.put("kind", new JsonTree.Text(kind.kind()));
    members.put("metadata", JsonCodec.toTree(object.metadata()));
    for (Field field : object.structType().fields()) {
      if (object.get(field.index()) instanceof JsonTree value) {
        if (field.isRest()) {
          members.putAll(((JsonTree.Obj) value).members());
        } else {
          members.put(field.name(), value);
        }
      }
    }
    return new JsonTree.Obj(members);
  }
}
