package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.answer.ObjectAnswers;
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
}
