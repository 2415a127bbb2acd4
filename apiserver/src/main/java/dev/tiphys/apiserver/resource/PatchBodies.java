package dev.tiphys.apiserver.resource;

import dev.tiphys.api.autoscaling.v1.Scale;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.MediaTypes;
import java.io.IOException;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Patches of things that are not stored as they are patched. */
public final class PatchBodies {

  private PatchBodies() {}

  /** A patch of a Scale; apply is not offered for it. */
  public static UnaryOperator<Scale> scale(ApiCall call, WriteContext context) throws IOException {
    return of(call, context, Scale.TYPE, "scales");
  }

  private static <T extends ApiObject> UnaryOperator<T> of(
      ApiCall call, WriteContext context, StructType<T> type, String plural) throws IOException {
    Patches.Type kind = Patches.typeOf(call.contentType());
    if (kind == Patches.Type.APPLY) {
      throw MediaTypes.unsupported(
          "application/json-patch+json, application/merge-patch+json,"
              + " application/strategic-merge-patch+json");
    }
    GroupVersionKind gvk = Objects.requireNonNull(type.kind());
    return Patches.edit(
        gvk, plural, kind, call.body(), context.options().fieldValidation(), context.warnings());
  }
}
