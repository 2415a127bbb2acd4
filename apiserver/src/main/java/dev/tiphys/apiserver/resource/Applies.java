package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.MediaTypes;

/** Server-side apply. */
final class Applies {

  private Applies() {}

  static <T extends ApiObject> Written<T> apply(
      ApiCall call, Endpoint<T> endpoint, Part<T> part, WriteContext context, byte[] body) {
    throw MediaTypes.unsupported("application/json-patch+json");
  }
}
