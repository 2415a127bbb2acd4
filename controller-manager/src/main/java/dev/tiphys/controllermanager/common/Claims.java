package dev.tiphys.controllermanager.common;

import dev.tiphys.api.meta.v1.OwnerReference;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.selector.LabelMatcher;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Owners;
import dev.tiphys.client.ResourceClient;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who belongs to whom: an owner with a selector takes objects that match and have no controller,
 * and lets go of its own that no longer match. Thread-safe.
 *
 * @param <O> the owners
 * @param <T> what they own
 */
public final class Claims<O extends ApiObject, T extends ApiObject> {

  private static final Logger log = LoggerFactory.getLogger(Claims.class);

  private final ResourceClient<O> owners;
  private final ResourceClient<T> objects;
  private final GroupVersionKind ownerKind;
  private final Predicate<T> adoptable;

  /**
   * Makes a claimer.
   *
   * @param adoptable which orphans are worth taking
   */
  public Claims(ResourceClient<O> owners, ResourceClient<T> objects, Predicate<T> adoptable) {
    this.owners = owners;
    this.objects = objects;
    this.ownerKind = owners.type().kind();
    this.adoptable = adoptable;
  }

  /**
   * Claims among candidates, and returns those that are the owner's now.
   *
   * @param candidates objects of the owner's namespace: those that it controls, and orphans
   */
  public List<T> claim(O owner, LabelMatcher selector, Collection<T> candidates) {
    boolean going = owner.metadata().deletionTimestamp() != null;
    List<T> owned = new ArrayList<>();
    for (T object : candidates) {
      boolean matches = selector.matches(object.metadata().labels());
      if (Owners.controls(owner, object)) {
        if (matches || going) {
          owned.add(object);
        } else {
          release(owner, object);
        }
      } else if (matches
          && !going
          && Owners.controllerOf(object) == null
          && adoptable.test(object)
          && stillThere(owner)) {
        owned.add(adopt(owner, object));
      }
    }
    return owned;
  }

  /** Caches lag: an owner that is deleted, or is another of the same name, must not adopt. */
  private boolean stillThere(O owner) {
    O now =
        owners.inNamespace(owner.metadata().namespace()).get(Absent.empty(owner.metadata().name()));
    return Absent.empty(now.metadata().uid()).equals(owner.metadata().uid())
        && now.metadata().deletionTimestamp() == null;
  }

  private T adopt(O owner, T object) {
    List<OwnerReference> references = new ArrayList<>(object.metadata().ownerReferences());
    references.add(Owners.controllerReference(owner, ownerKind));
    return patch(object, references);
  }

  private void release(O owner, T object) {
    List<OwnerReference> references =
        object.metadata().ownerReferences().stream()
            .filter(reference -> !Absent.empty(reference.uid()).equals(owner.metadata().uid()))
            .toList();
    try {
      patch(object, references);
    } catch (ApiException.NotFound gone) {
      log.debug("event=nothing-to-release object={}", object.metadata().name());
    }
  }

  private T patch(T object, List<OwnerReference> references) {
    return objects
        .inNamespace(object.metadata().namespace())
        .patch(
            Absent.empty(object.metadata().name()), Owners.replace(object.metadata(), references));
  }
}
