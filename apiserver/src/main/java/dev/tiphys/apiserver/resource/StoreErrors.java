package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.storage.StorageException;

/** Turns what the store says into what the client is told. */
final class StoreErrors {

  private StoreErrors() {}

  static ApiException of(StorageException failure, ResourceType<?> type, String name) {
    String group = type.group();
    String plural = type.plural();
    String text = failure.getMessage() == null ? "" : failure.getMessage();
    return switch (failure) {
      case StorageException.AlreadyExists _ -> ApiException.alreadyExists(group, plural, name);
      case StorageException.NotFound _ -> ApiException.notFound(group, plural, name);
      case StorageException.Conflict _ -> ApiException.conflict(group, plural, name, text);
      case StorageException.Expired expired ->
          ApiException.expired(
              text, expired.continueToken() == null ? "" : expired.continueToken());
      case StorageException.RevisionTooLarge _ -> ApiException.resourceVersionTooLarge(text);
      case StorageException.Malformed _ -> ApiException.badRequest(text);
      default -> ApiException.internal(text, failure);
    };
  }
}
