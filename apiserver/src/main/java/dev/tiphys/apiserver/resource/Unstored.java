package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.request.ApiCall;
import java.io.IOException;

/** A resource of which nothing is stored. Thread-safe. */
public interface Unstored {

  /** The facts. */
  ResourceType<?> type();

  /**
   * Answers a request.
   *
   * @throws dev.tiphys.apiserver.request.ApiException if it is refused
   */
  void handle(ApiCall call) throws IOException;
}
