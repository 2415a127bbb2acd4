package dev.tiphys.controllermanager.protection;

import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.Patch;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.controllermanager.common.Absent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives objects a finalizer, and takes it away from those that are deleted and that nobody uses any
 * more. Keys: the objects.
 *
 * @param <T> their kind
 */
public final class ProtectionReconciler<T extends ApiObject> implements Reconciler<ObjectKey> {

  private static final Logger log = LoggerFactory.getLogger(ProtectionReconciler.class);

  private final ResourceClient<T> objects;
  private final Lister<T> lister;
  private final String finalizer;
  private final Predicate<T> inUse;

  /**
   * Makes the reconciler.
   *
   * @param inUse whether somebody uses an object; asked before the finalizer goes
   */
  public ProtectionReconciler(
      ResourceClient<T> objects, Lister<T> lister, String finalizer, Predicate<T> inUse) {
    this.objects = objects;
    this.lister = lister;
    this.finalizer = finalizer;
    this.inUse = inUse;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    T object = lister.get(key);
    if (object == null) {
      return Result.DONE;
    }
    boolean deleted = object.metadata().deletionTimestamp() != null;
    boolean has = object.metadata().finalizers().contains(finalizer);
    if (!deleted && !has) {
      List<String> more = new ArrayList<>(object.metadata().finalizers());
      more.add(finalizer);
      write(key, object.metadata(), more);
    } else if (deleted && has && !inUse.test(object)) {
      List<String> rest = new ArrayList<>(object.metadata().finalizers());
      rest.remove(finalizer);
      write(key, object.metadata(), rest);
      log.info("event=unprotected finalizer={} object={}", finalizer, key);
    }
    return Result.DONE;
  }

  private void write(ObjectKey key, ObjectMeta before, List<String> finalizers) {
    JsonWriter json = new JsonWriter();
    json.beginObject().name("metadata").beginObject();
    json.field("uid", Absent.empty(before.uid()));
    json.field("resourceVersion", Absent.empty(before.resourceVersion()));
    json.name("finalizers").beginArray();
    finalizers.forEach(json::value);
    json.endArray().endObject().endObject();
    try {
      objects.inNamespace(key.namespace()).patch(key.name(), new Patch.Merge(json.toString()));
    } catch (ApiException.NotFound gone) {
      log.debug("event=nothing-to-protect object={}", key);
    }
  }
}
