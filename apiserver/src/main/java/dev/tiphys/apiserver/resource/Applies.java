package dev.tiphys.apiserver.resource;

import dev.tiphys.api.merge.ApplyConflictException;
import dev.tiphys.api.merge.FieldManager;
import dev.tiphys.api.merge.PatchException;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.MediaTypes;
import dev.tiphys.apiserver.storage.ObjectKey;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Server-side apply: a PATCH whose body is the configuration that its manager wants. */
final class Applies {

  private Applies() {}

  /**
   * Applies.
   *
   * @param body YAML, JSON or CBOR
   */
  static <T extends ApiObject> Written<T> apply(
      ApiCall call, Endpoint<T> endpoint, Part<T> part, WriteContext context, byte[] body) {
    T config =
        Bodies.read(
            body,
            encodingOf(call).mediaType(),
            endpoint.type().objectType().get(),
            context.options().fieldValidation(),
            context.warnings());
    ResourceVerbs.checkName(call, config);
    Writes<T> writes = endpoint.writes();
    FieldManager.Write ownership = writes.ownership(context, part);
    boolean force = context.options().force();
    ObjectKey key = ResourceVerbs.keyOf(call, endpoint);
    @Nullable T initial =
        part.subresource().isEmpty()
            ? refusing(endpoint, key, () -> FieldManager.apply(null, config, ownership, force))
            : null;
    return writes.change(
        context.applying(),
        key,
        part,
        live -> refusing(endpoint, key, () -> FieldManager.apply(live, config, ownership, force)),
        initial);
  }

  private static MediaTypes.Encoding encodingOf(ApiCall call) {
    return MediaTypes.bare(call.contentType()).equals(Patches.APPLY_CBOR)
        ? MediaTypes.Encoding.CBOR
        : MediaTypes.Encoding.YAML;
  }

  private static <T> T refusing(Endpoint<?> endpoint, ObjectKey key, Supplier<T> apply) {
    try {
      return apply.get();
    } catch (ApplyConflictException e) {
      throw new ApiException(
          ApiException.Reason.CONFLICT,
          String.valueOf(e.getMessage()),
          new ApiException.Details(
              "",
              "",
              "",
              "",
              e.conflicts().stream()
                  .map(conflict ->
                      new ApiException.Cause(
                          "FieldManagerConflict", conflict.message(), conflict.field()))
                  .toList(),
              0));
    } catch (PatchException e) {
      throw ApiException.badRequest(String.valueOf(e.getMessage()));
    }
  }
}
