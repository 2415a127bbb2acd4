package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.answer.Forms;
import dev.tiphys.apiserver.answer.ObjectAnswers;
import dev.tiphys.apiserver.resource.ServedResource.Conversion;
import dev.tiphys.apiserver.storage.ResourceStore;

/**
 * A served resource with what works on it.
 *
 * @param resource what is served
 * @param store where objects are
 * @param reads get, list, watch
 * @param writes create, change
 * @param deletes delete
 * @param answers how objects are sent
 */
public record Endpoint<T extends ApiObject>(
    ServedResource<T> resource,
    ResourceStore<T> store,
    Reads<T> reads,
    Writes<T> writes,
    Deletes<T> deletes,
    ObjectAnswers<T> answers) {

  /** The resource's facts. */
  public ResourceType<T> type() {
    return resource.type();
  }

  /** Whether a definition brought it at run time. */
  public boolean isCustom() {
    return type().objectType().get().isDynamic();
  }

  /**
   * Makes what works on a resource that is stored as it is served.
   *
   * @param firstSlot where the cache keeps the encoded forms
   */
  public static <T extends ApiObject> Endpoint<T> of(
      ServedResource<T> resource,
      ResourceStore<T> store,
      Admission admission,
      Chance chance,
      int firstSlot) {
    ResourceType<T> type = resource.type();
    return new Endpoint<>(
        resource,
        store,
        new Reads<>(resource, store),
        new Writes<>(resource, store, admission, chance),
        new Deletes<>(resource, store, admission, chance),
        new ObjectAnswers<>(
            type, resource.columns(), new Forms<>(type.kind(), firstSlot), chance.clock()));
  }

  /** As {@link #of} for a resource that is stored as another kind. */
  public static <T extends ApiObject, S extends ApiObject> Endpoint<T> converted(
      ServedResource<T> resource,
      ResourceStore<S> store,
      Conversion<T, S> conversion,
      Admission admission,
      Chance chance,
      int firstSlot) {
    return of(
        resource,
        new ConvertedStore<>(store, new KindConversion<>(conversion)),
        admission,
        chance,
        firstSlot);
  }
}
