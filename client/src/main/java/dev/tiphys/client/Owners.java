package dev.tiphys.client;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.meta.v1.OwnerReference;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.GroupVersionKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Owner references: who controls an object, and how to say so. */
public final class Owners {

  private Owners() {}

  /** The reference to the controller of an object, or null. */
  public static @Nullable OwnerReference controllerOf(ApiObject object) {
    for (OwnerReference owner : object.metadata().ownerReferences()) {
      if (Boolean.TRUE.equals(owner.controller())) {
        return owner;
      }
    }
    return null;
  }

  /** The uid of the controller of an object, for an index; empty if it has none. */
  public static List<String> controllerUid(ApiObject object) {
    OwnerReference owner = controllerOf(object);
    return owner == null || owner.uid() == null ? List.of() : List.of(owner.uid());
  }

  /** Whether an object controls another. */
  public static boolean controls(ApiObject owner, ApiObject object) {
    OwnerReference controller = controllerOf(object);
    return controller != null
        && controller.uid() != null
        && controller.uid().equals(owner.metadata().uid());
  }

  /** The reference by which an object of this kind controls others, and outlives none of them. */
  public static OwnerReference controllerReference(ApiObject owner, GroupVersionKind kind) {
    return OwnerReference.builder()
        .apiVersion(kind.apiVersion())
        .kind(kind.kind())
        .name(owner.metadata().name())
        .uid(owner.metadata().uid())
        .controller(true)
        .blockOwnerDeletion(true)
        .build();
  }

  /**
   * A patch that gives an object other owners, unless it has changed since it was read.
   *
   * @param before the object's metadata as read
   */
  public static Patch replace(ObjectMeta before, List<OwnerReference> owners) {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("metadata").beginObject();
    json.field("uid", String.valueOf(before.uid()));
    json.field("resourceVersion", String.valueOf(before.resourceVersion()));
    if (owners.isEmpty()) {
      json.name("ownerReferences").nullValue();
    } else {
      json.name("ownerReferences").beginArray();
      owners.forEach(owner -> JsonCodec.writeFields(json, owner));
      json.endArray();
    }
    json.endObject().endObject();
    return new Patch.Merge(json.toString());
  }
}
