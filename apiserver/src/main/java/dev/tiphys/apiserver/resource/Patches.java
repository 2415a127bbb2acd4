package dev.tiphys.apiserver.resource;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.DecodeOptions;
import dev.tiphys.api.codec.DecodeOptions.Strictness;
import dev.tiphys.api.codec.Decoded;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.merge.JsonPatch;
import dev.tiphys.api.merge.MergePatch;
import dev.tiphys.api.merge.PatchException;
import dev.tiphys.api.merge.StrategicMergePatch;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.MediaTypes;
import dev.tiphys.apiserver.request.WriteOptions.FieldValidation;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The body of a PATCH as a function on objects. */
final class Patches {

  /** The kinds of patches. */
  enum Type {
    /** RFC 6902. */
    JSON,
    /** RFC 7386. */
    MERGE,
    /** Merge by the schema's patch strategies. */
    STRATEGIC,
    /** Server-side apply. */
    APPLY
  }

  private static final String ACCEPTED =
      "application/json-patch+json, application/merge-patch+json,"
          + " application/strategic-merge-patch+json, application/apply-patch+yaml,"
          + " application/apply-patch+cbor";

  /** An apply whose configuration is CBOR; YAML, and so JSON, otherwise. */
  static final String APPLY_CBOR = "application/apply-patch+cbor";

  /** The media types of patches of custom resources. */
  static final String ACCEPTED_BY_CUSTOM =
      "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";

  private Patches() {}

  /**
   * What kind of patch a body is.
   *
   * @throws ApiException 415 if it is none
   */
  static Type typeOf(String contentType) {
    return switch (MediaTypes.bare(contentType)) {
      case "application/json-patch+json" -> Type.JSON;
      case "application/merge-patch+json" -> Type.MERGE;
      case "application/strategic-merge-patch+json" -> Type.STRATEGIC;
      case "application/apply-patch+yaml", APPLY_CBOR -> Type.APPLY;
      default -> throw MediaTypes.unsupported(ACCEPTED);
    };
  }

  /**
   * A patch other than apply.
   *
   * @param warnings takes unknown fields, if they are to be warned of
   * @throws ApiException 400 if the body is no such patch
   */
  static <T extends ApiObject> UnaryOperator<T> edit(
      GroupVersionKind kind,
      String plural,
      Type type,
      byte[] body,
      FieldValidation validation,
      Consumer<String> warnings) {
    JsonTree patch;
    try {
      patch = JsonTree.parse(body);
    } catch (DecodeException e) {
      throw ApiException.badRequest("error decoding patch: " + e.getMessage());
    }
    if (type == Type.JSON
        && patch instanceof JsonTree.Arr operations
        && operations.elements().size() > Limits.JSON_PATCH_OPERATIONS) {
      throw ApiException.tooLarge(
          "The allowed maximum operations in a JSON patch is "
              + Limits.JSON_PATCH_OPERATIONS
              + ", got "
              + operations.elements().size());
    }
    Strictness strictness = Bodies.strictness(validation);
    return object -> {
      try {
        Decoded<T> patched = patched(object, type, patch, strictness);
        patched.warnings().forEach(warnings);
        return patched.value();
      } catch (PatchException e) {
        throw refused(e);
      } catch (DecodeException e) {
        throw unreadable(kind, object, patch, e);
      }
    };
  }

  private static <T extends ApiObject> Decoded<T> patched(
      T object, Type type, JsonTree patch, Strictness strictness) {
    return switch (type) {
      case JSON ->
          JsonPatch.apply(
              object, patch, new DecodeOptions(strictness, DecodeOptions.LENIENT.maxBytes()));
      case MERGE -> MergePatch.apply(object, patch, strictness);
      case STRATEGIC, APPLY -> StrategicMergePatch.apply(object, patch, strictness);
    };
  }

  private static ApiException refused(PatchException failure) {
    return switch (failure.reason()) {
      // As upstream, which says no more; kubectl prints just this.
      case DOES_NOT_APPLY ->
          new ApiException(
              ApiException.Reason.INVALID,
              "the server rejected our request due to an error in our request",
              ApiException.Details.NONE);
      default -> ApiException.badRequest(String.valueOf(failure.getMessage()));
    };
  }

  private static ApiException unreadable(
      GroupVersionKind kind, ApiObject object, JsonTree patch, DecodeException failure) {
    if (failure.reason() == DecodeException.Reason.STRICT) {
      FieldErrors errors = new FieldErrors();
      errors.invalid(Path.of("patch"), patch.toJson(), String.valueOf(failure.getMessage()));
      return ApiException.invalid("", "", "", errors.list());
    }
    // A value of the wrong type: upstream tells of it as an invalid patch.
    return new ApiException(
        ApiException.Reason.INVALID,
        kind.kind()
            + (kind.group().isEmpty() ? "" : "." + kind.group())
            + " \""
            + Writes.text(object.metadata().name())
            + "\" is invalid: patch: Invalid value: "
            + failure.getMessage(),
        new ApiException.Details(
            Writes.text(object.metadata().name()),
            kind.group(),
            kind.kind(),
            "",
            List.of(
                new ApiException.Cause(
                    "FieldValueInvalid", String.valueOf(failure.getMessage()), "patch")),
            0));
  }
}
