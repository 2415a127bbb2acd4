package dev.tiphys.apiserver.webhook;

import dev.tiphys.api.admission.v1.AdmissionRequest;
import dev.tiphys.api.authentication.v1.UserInfo;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.meta.v1.GroupVersionKind;
import dev.tiphys.api.meta.v1.GroupVersionResource;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.value.RawJson;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.admission.Admission.Operation;
import dev.tiphys.apiserver.authn.User;
import org.jspecify.annotations.Nullable;

/** Requests in admission as AdmissionReviews tell them. */
public final class Reviews {

  private Reviews() {}

  private static GroupVersionKind kind(ResourceType<?> type) {
    return GroupVersionKind.builder()
        .group(type.kind().group())
        .version(type.kind().version())
        .kind(type.kind().kind())
        .build();
  }

  private static GroupVersionResource resource(ResourceType<?> type) {
    return GroupVersionResource.builder()
        .group(type.group())
        .version(type.version())
        .resource(type.plural())
        .build();
  }

  /**
   * A request.
   *
   * @param view as it matched; the objects are in the version of that
   * @param uid by which the answer names it
   */
  public static AdmissionRequest request(
      Equivalents.View view, @Nullable ApiObject object, @Nullable ApiObject old, String uid) {
    Admission.Request request = view.request();
    ResourceType<?> asked = view.asked().type();
    String name =
        request.name().isEmpty() && object != null && object.metadata().name() != null
            ? object.metadata().name()
            : request.name();
    return AdmissionRequest.builder()
        .uid(uid)
        .kind(kind(request.type()))
        .resource(resource(request.type()))
        .subResource(orNull(request.subresource()))
        .requestKind(kind(asked))
        .requestResource(resource(asked))
        .requestSubResource(orNull(request.subresource()))
        .name(orNull(name))
        .namespace(orNull(request.namespace()))
        .operation(request.operation().name())
        .userInfo(user(request.user()))
        .object(raw(object))
        .oldObject(raw(old))
        .dryRun(request.dryRun())
        .options(new RawJson(options(request)))
        .build();
  }

  private static String options(Admission.Request request) {
    String kind =
        switch (request.operation()) {
          case CREATE -> "CreateOptions";
          case UPDATE -> "UpdateOptions";
          case DELETE -> "DeleteOptions";
          case CONNECT -> "ConnectOptions";
        };
    if (request.operation() == Operation.CONNECT) {
      return "null";
    }
    String dryRun = request.dryRun() ? ",\"dryRun\":[\"All\"]" : "";
    return "{\"kind\":\"" + kind + "\",\"apiVersion\":\"meta.k8s.io/v1\"" + dryRun + "}";
  }

  private static UserInfo user(User user) {
    return UserInfo.builder()
        .username(user.name())
        .uid(orNull(user.uid()))
        .groups(user.groups())
        .extra(user.extra())
        .build();
  }

  private static RawJson raw(@Nullable ApiObject object) {
    return new RawJson(object == null ? "null" : JsonCodec.encodeToString(object));
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
