package dev.tiphys.apiserver.webhook;

import dev.tiphys.api.admission.v1.AdmissionResponse;
import dev.tiphys.api.admission.v1.AdmissionReview;
import dev.tiphys.api.admissionregistration.v1.ServiceReference;
import dev.tiphys.api.meta.v1.Status;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.outbound.Destination;
import dev.tiphys.apiserver.outbound.JsonCalls;
import dev.tiphys.apiserver.outbound.ServiceAddresses;
import dev.tiphys.apiserver.request.ApiException;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks one webhook about one request, and says what its answer means. Thread-safe. */
final class HookCalls {

  private static final Logger log = LoggerFactory.getLogger(HookCalls.class);

  private final ServiceAddresses services;
  private final JsonCalls calls;
  private final Supplier<UUID> ids;

  HookCalls(ServiceAddresses services, JsonCalls calls, Supplier<UUID> ids) {
    this.services = services;
    this.calls = calls;
    this.ids = ids;
  }

  /**
   * Asks; the objects are in the version that the webhook wants to see.
   *
   * @return the answer of a webhook that allows the request; null if it failed and that is ignored
   * @throws ApiException if it is refused, or the call failed and that is not ignored
   */
  @Nullable AdmissionResponse ask(
      Hook hook, Equivalents.View view, @Nullable ApiObject object, @Nullable ApiObject old) {
    Admission.Request request = view.asked();
    if (request.dryRun() && !hook.bearsDryRun()) {
      throw ApiException.badRequest(
          "admission webhook \"" + hook.name() + "\" does not support dry run");
    }
    String uid = ids.get().toString();
    AdmissionReview question =
        AdmissionReview.builder().request(Reviews.request(view, object, old, uid)).build();
    AdmissionResponse answer;
    try {
      Destination destination = destination(hook);
      answer = answer(hook, destination, question, uid);
    } catch (IOException e) {
      return failed(hook, String.valueOf(e.getMessage()));
    }
    answer.warnings().forEach(request.warnings());
    if (!Boolean.TRUE.equals(answer.allowed())) {
      throw denied(hook.name(), answer.status());
    }
    return answer;
  }

  private AdmissionResponse answer(
      Hook hook, Destination destination, AdmissionReview question, String uid) throws IOException {
    try {
      AdmissionReview review =
          calls.post(
              destination,
              hook.client().caBundle(),
              question,
              AdmissionReview.TYPE,
              hook.timeout());
      AdmissionResponse answer = review.response();
      if (answer == null) {
        throw new IOException("webhook response is absent");
      }
      if (!uid.equals(answer.uid())) {
        throw new IOException(
            "expected response.uid=\"" + uid + "\", got \"" + answer.uid() + "\"");
      }
      return answer;
    } catch (IOException e) {
      throw new IOException(
          "failed to call webhook: Post \""
              + destination.url()
              + "?timeout="
              + hook.timeout().toSeconds()
              + "s\": "
              + e.getMessage(),
          e);
    }
  }

  private Destination destination(Hook hook) throws IOException {
    ServiceReference service = hook.client().service();
    return service == null
        ? ServiceAddresses.url(String.valueOf(hook.client().url()))
        : services.service(
            String.valueOf(service.namespace()),
            String.valueOf(service.name()),
            service.port(),
            service.path());
  }

  /** What a failure means: nothing if it is ignored, else the request's end. */
  @Nullable AdmissionResponse failed(Hook hook, String why) {
    if (hook.ignoresFailure()) {
      log.warn("event=webhook-failed-open webhook={} cause=\"{}\"", hook.name(), why);
      return null;
    }
    throw ApiException.internal("failed calling webhook \"" + hook.name() + "\": " + why, null);
  }

  /** The refusal of a webhook, in its own words. */
  static ApiException denied(String hook, @Nullable Status status) {
    String by = "admission webhook \"" + hook + "\" denied the request";
    String message = status == null ? null : status.message();
    String reason = status == null ? null : status.reason();
    Integer given = status == null ? null : status.code();
    int code = given == null || given < 400 ? 400 : given;
    String text;
    if (message != null && !message.isEmpty()) {
      text = by + ": " + message;
    } else if (reason != null && !reason.isEmpty()) {
      text = by + ": " + reason;
    } else {
      text = by + " without explanation";
    }
    return new ApiException(reasonOf(reason, code), code, text, details(status), null);
  }

  private static ApiException.Reason reasonOf(@Nullable String text, int code) {
    ApiException.Reason byCode = ApiException.Reason.BAD_REQUEST;
    for (ApiException.Reason reason : ApiException.Reason.values()) {
      if (reason.text().equals(text)) {
        return reason;
      }
      byCode = reason.code() == code ? reason : byCode;
    }
    return byCode;
  }

  private static ApiException.Details details(@Nullable Status status) {
    List<ApiException.Cause> causes =
        status == null || status.details() == null
            ? List.of()
            : status.details().causes().stream()
                .map(cause ->
                    new ApiException.Cause(
                        text(cause.reason()), text(cause.message()), text(cause.field())))
                .toList();
    return new ApiException.Details("", "", "", "", causes, 0);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
