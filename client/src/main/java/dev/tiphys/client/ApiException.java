package dev.tiphys.client;

import dev.tiphys.api.meta.v1.Status;
import dev.tiphys.api.meta.v1.StatusDetails;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The API server refused a request, or could not be reached. The kinds are few; the {@link Status}
 * tells the rest. The message is the server's own.
 */
public abstract sealed class ApiException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Status status;

  private ApiException(Status status, @Nullable Throwable cause) {
    super(status.message() == null ? status.reason() : status.message(), cause);
    this.status = status;
  }

  /** What the server said, or what it would have said if it could be reached. */
  public Status status() {
    return status;
  }

  /** The HTTP status code. */
  public int code() {
    Integer code = status.code();
    return code == null ? 0 : code;
  }

  /** The request does not make sense (400), whatever the object. */
  public static final class BadRequest extends ApiException {
    private static final long serialVersionUID = 1L;

    private BadRequest(Status status) {
      super(status, null);
    }
  }

  /** Nobody knows who is asking (401). */
  public static final class Unauthorized extends ApiException {
    private static final long serialVersionUID = 1L;

    private Unauthorized(Status status) {
      super(status, null);
    }
  }

  /** The asker may not (403). */
  public static final class Forbidden extends ApiException {
    private static final long serialVersionUID = 1L;

    private Forbidden(Status status) {
      super(status, null);
    }
  }

  /** There is no such object or resource (404). */
  public static final class NotFound extends ApiException {
    private static final long serialVersionUID = 1L;

    private NotFound(Status status) {
      super(status, null);
    }
  }

  /** An object of that name is there (409, reason {@code AlreadyExists}). */
  public static final class AlreadyExists extends ApiException {
    private static final long serialVersionUID = 1L;

    private AlreadyExists(Status status) {
      super(status, null);
    }
  }

  /** The object is not as the request assumes (409); read it again. */
  public static final class Conflict extends ApiException {
    private static final long serialVersionUID = 1L;

    private Conflict(Status status) {
      super(status, null);
    }
  }

  /** The version asked for is forgotten (410); list anew. */
  public static final class Gone extends ApiException {
    private static final long serialVersionUID = 1L;

    private Gone(Status status) {
      super(status, null);
    }
  }

  /** The object breaks rules (422); {@link Status#details()} has the causes. */
  public static final class Invalid extends ApiException {
    private static final long serialVersionUID = 1L;

    private Invalid(Status status) {
      super(status, null);
    }
  }

  /** The server asks for patience (429), or an eviction would break a budget. */
  public static final class TooManyRequests extends ApiException {
    private static final long serialVersionUID = 1L;

    private TooManyRequests(Status status) {
      super(status, null);
    }

    /** How long to wait; zero if the server did not say. */
    public Duration retryAfter() {
      StatusDetails details = status().details();
      Integer seconds = details == null ? null : details.retryAfterSeconds();
      return seconds == null ? Duration.ZERO : Duration.ofSeconds(seconds);
    }
  }

  /** The server could not finish in time (504); the change may have happened. */
  public static final class Timeout extends ApiException {
    private static final long serialVersionUID = 1L;

    private Timeout(Status status) {
      super(status, null);
    }
  }

  /** Not reachable, or not ready (502, 503, no connection); the change may have happened. */
  public static final class Unavailable extends ApiException {
    private static final long serialVersionUID = 1L;

    private Unavailable(Status status, @Nullable Throwable cause) {
      super(status, cause);
    }
  }

  /** Anything else that the server says about the request (405, 406, 413, 415 …). */
  public static final class Refused extends ApiException {
    private static final long serialVersionUID = 1L;

    private Refused(Status status) {
      super(status, null);
    }
  }

  /** The server failed (500). */
  public static final class Internal extends ApiException {
    private static final long serialVersionUID = 1L;

    private Internal(Status status) {
      super(status, null);
    }
  }

  /** The exception for a status, by its code and reason. */
  public static ApiException of(Status status) {
    int code = Objects.requireNonNullElse(status.code(), 500);
    return switch (code) {
      case 400 -> new BadRequest(status);
      case 401 -> new Unauthorized(status);
      case 403 -> new Forbidden(status);
      case 404 -> new NotFound(status);
      case 409 ->
          "AlreadyExists".equals(status.reason())
              ? new AlreadyExists(status)
              : new Conflict(status);
      case 410 -> new Gone(status);
      case 422 -> new Invalid(status);
      case 429 -> new TooManyRequests(status);
      case 502, 503 -> new Unavailable(status, null);
      case 504 -> new Timeout(status);
      default -> code < 500 ? new Refused(status) : new Internal(status);
    };
  }

  /** No answer came. */
  public static Unavailable unreachable(String message, @Nullable Throwable cause) {
    return new Unavailable(status(503, "ServiceUnavailable", message), cause);
  }

  /** A status made here rather than by a server. */
  public static Status status(int code, String reason, String message) {
    return Status.builder().status("Failure").code(code).reason(reason).message(message).build();
  }
}
