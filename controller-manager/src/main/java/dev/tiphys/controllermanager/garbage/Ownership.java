package dev.tiphys.controllermanager.garbage;

import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.meta.v1.OwnerReference;
import dev.tiphys.client.ObjectHead;
import dev.tiphys.client.Patch;
import dev.tiphys.controllermanager.common.Absent;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of an object, given how its owners are. Pure.
 *
 * @param solid owners that are there and stay
 * @param waiting owners that are being deleted in the foreground and wait for this object
 * @param dangling owners that are gone
 */
record Ownership(
    List<OwnerReference> solid, List<OwnerReference> waiting, List<OwnerReference> dangling) {

  static final String FOREGROUND = "foregroundDeletion";
  static final String ORPHAN = "orphan";

  /** What to do with an object. */
  sealed interface Verdict {}

  /** Nothing. */
  record Keep() implements Verdict {}

  /** Take away the references to owners that are gone or going; others hold the object. */
  record Disown(List<OwnerReference> remaining) implements Verdict {}

  /** Delete it. */
  record Delete(String propagation) implements Verdict {}

  /**
   * Decides.
   *
   * @param object what it is about
   * @param hasDependents whether other objects name it as their owner
   */
  Verdict verdict(ObjectHead object, boolean hasDependents) {
    if (dangling.isEmpty() && waiting.isEmpty()) {
      return new Keep();
    }
    if (!solid.isEmpty()) {
      return new Disown(solid);
    }
    if (!waiting.isEmpty() && hasDependents) {
      return new Delete("Foreground");
    }
    List<String> finalizers = object.metadata().finalizers();
    if (finalizers.contains(ORPHAN)) {
      return new Delete("Orphan");
    }
    return new Delete(finalizers.contains(FOREGROUND) ? "Foreground" : "Background");
  }

  /** Whether an object is being deleted and waits for its dependents. */
  static boolean inForeground(ObjectHead head) {
    return going(head) && head.metadata().finalizers().contains(FOREGROUND);
  }

  /** Whether an object is being deleted and wants its dependents to live on. */
  static boolean orphaning(ObjectHead head) {
    return going(head) && head.metadata().finalizers().contains(ORPHAN);
  }

  static boolean going(ObjectHead head) {
    return head.metadata().deletionTimestamp() != null;
  }

  /** The reference of an object to an owner, if it has one. */
  static Optional<OwnerReference> reference(ObjectHead object, String ownerUid) {
    return object.metadata().ownerReferences().stream()
        .filter(owner -> Absent.empty(owner.uid()).equals(ownerUid))
        .findFirst();
  }

  /** Whether an object holds up the deletion of an owner. */
  static boolean blocks(ObjectHead object, String ownerUid) {
    return reference(object, ownerUid)
        .map(owner -> Boolean.TRUE.equals(owner.blockOwnerDeletion()))
        .orElse(false);
  }

  /** Takes a finalizer off an object, unless it has changed since it was read. */
  static Patch withoutFinalizer(ObjectMeta before, String finalizer) {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("metadata").beginObject();
    json.field("uid", String.valueOf(before.uid()));
    json.field("resourceVersion", String.valueOf(before.resourceVersion()));
    json.name("finalizers").beginArray();
    before.finalizers().stream().filter(each -> !each.equals(finalizer)).forEach(json::value);
    json.endArray().endObject().endObject();
    return new Patch.Merge(json.toString());
  }
}
