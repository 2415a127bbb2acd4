package dev.tiphys.client.transport;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.meta.v1.Status;
import dev.tiphys.api.meta.v1.StatusDetails;
import dev.tiphys.client.ApiException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Makes exceptions of answers that are errors, whether or not their body is a {@link Status}. */
public final class Statuses {

  private static final int MESSAGE_CHARACTERS = 2000;

  private Statuses() {}

  /**
   * The exception for an answer.
   *
   * @param code the HTTP status
   * @param body what came with it: a Status in JSON, a text, or nothing
   * @param retryAfter the header of that name, or null
   */
  public static ApiException exception(int code, byte[] body, @Nullable String retryAfter) {
    return ApiException.of(withRetry(status(code, body), retryAfter));
  }

  private static Status status(int code, byte[] body) {
    if (body.length > 0 && body[0] == '{') {
      try {
        Status status = JsonCodec.decode(body, Status.TYPE);
        return status.code() == null ? status.withCode(code) : status;
      } catch (DecodeException notStatus) {
        return plain(code, body);
      }
    }
    return plain(code, body);
  }

  private static Status plain(int code, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8).strip();
    String message =
        text.length() > MESSAGE_CHARACTERS ? text.substring(0, MESSAGE_CHARACTERS) : text;
    return ApiException.status(
        code, reason(code), message.isEmpty() ? "the server answered " + code : message);
  }

  private static Status withRetry(Status status, @Nullable String retryAfter) {
    if (retryAfter == null || !retryAfter.matches("\\d{1,6}")) {
      return status;
    }
    StatusDetails details =
        status.details() == null ? StatusDetails.builder().build() : status.details();
    return details.retryAfterSeconds() != null
        ? status
        : status.withDetails(details.withRetryAfterSeconds(Integer.valueOf(retryAfter)));
  }

  private static String reason(int code) {
    return switch (code) {
      case 400 -> "BadRequest";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "NotFound";
      case 405 -> "MethodNotAllowed";
      case 406 -> "NotAcceptable";
      case 409 -> "Conflict";
      case 410 -> "Gone";
      case 413 -> "RequestEntityTooLarge";
      case 415 -> "UnsupportedMediaType";
      case 422 -> "Invalid";
      case 429 -> "TooManyRequests";
      case 503 -> "ServiceUnavailable";
      case 504 -> "Timeout";
      default -> code >= 500 ? "InternalError" : "Unknown";
    };
  }
}
