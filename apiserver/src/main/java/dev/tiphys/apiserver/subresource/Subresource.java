package dev.tiphys.apiserver.subresource;

import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.resource.Endpoint;
import java.io.IOException;

/** Answers requests for one subresource. Thread-safe. */
@FunctionalInterface
public interface Subresource {

  /**
   * Answers.
   *
   * @param endpoint of the resource whose subresource is asked for
   * @throws dev.tiphys.apiserver.request.ApiException if the request is refused
   * @throws IOException if the client went
   */
  void handle(ApiCall call, Endpoint<?> endpoint) throws IOException;
}
