package dev.tiphys.apiserver.resource;

import dev.tiphys.api.merge.ApplyConflictException;
import dev.tiphys.api.merge.FieldManager;
import dev.tiphys.api.merge.PatchException;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.MediaTypes;
import dev.tiphys.apiserver.request.WriteOptions.FieldValidation;
import dev.tiphys.apiserver.storage.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Server-side apply: a PATCH whose body is the configuration that its manager wants. */
final class Applies {

  /** How what a decoder tells of a field that the kind does not have begins; its path follows. */
  private static final String UNKNOWN = "unknown field \"";

  private Applies() {}

  /**
   * Applies.
   *
   * @param body YAML, JSON or CBOR
   */
  static <T extends ApiObject> Written<T> apply(
      ApiCall call, Endpoint<T> endpoint, Part<T> part, WriteContext context, byte[] body) {
    T config = config(call, endpoint, context, body);
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

  /** Reads what is wanted. As upstream, no field may be unknown, whatever fieldValidation says. */
  private static <T extends ApiObject> T config(
      ApiCall call, Endpoint<T> endpoint, WriteContext context, byte[] body) {
    String encoding = encodingOf(call).mediaType();
    StructType<T> type = endpoint.type().objectType().get();
    List<String> told = new ArrayList<>();
    T config = Bodies.read(body, encoding, type, FieldValidation.WARN, told::add);
    List<String> unknown =
        told.stream()
            .filter(fault -> fault.startsWith(UNKNOWN))
            .map(fault -> fault.substring(UNKNOWN.length(), fault.length() - 1))
            .toList();
    if (!unknown.isEmpty()) {
      throw ApiException.badRequest(FieldManager.undeclared(config, unknown));
    }
    return switch (context.options().fieldValidation()) {
      case IGNORE -> config;
      case WARN -> {
        told.forEach(context.warnings());
        yield config;
      }
      case STRICT -> Bodies.read(body, encoding, type, FieldValidation.STRICT, told::add);
    };
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
