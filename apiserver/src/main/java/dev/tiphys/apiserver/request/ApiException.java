package dev.tiphys.apiserver.request;

import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.value.QuotedText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that ends with a {@code Status} of failure. Code, reason and message are the API's own,
 * because clients match on them. Carries no stack trace: it tells the client's mistake, not ours.
 */
public final class ApiException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why a request failed, each with its HTTP code: the {@code reason} of a Status. */
  public enum Reason {
    /** Nobody the server knows. */
    UNAUTHORIZED("Unauthorized", 401),
    /** May not do this. */
    FORBIDDEN("Forbidden", 403),
    /** No such object, or no such path. */
    NOT_FOUND("NotFound", 404),
    /** The name is taken. */
    ALREADY_EXISTS("AlreadyExists", 409),
    /** Changed meanwhile, or a precondition does not hold. */
    CONFLICT("Conflict", 409),
    /** Gone for good. */
    GONE("Gone", 410),
    /** A revision or continue token that the server no longer has. */
    EXPIRED("Expired", 410),
    /** An object breaks the kind's rules. */
    INVALID("Invalid", 422),
    /** The server is busy with this; ask again. */
    SERVER_TIMEOUT("ServerTimeout", 500),
    /** The server could not finish in time. */
    TIMEOUT("Timeout", 504),
    /** Too many requests; ask later. */
    TOO_MANY_REQUESTS("TooManyRequests", 429),
    /** The request makes no sense. */
    BAD_REQUEST("BadRequest", 400),
    /** The resource does not know the verb. */
    METHOD_NOT_ALLOWED("MethodNotAllowed", 405),
    /** No media type that the client accepts. */
    NOT_ACCEPTABLE("NotAcceptable", 406),
    /** The body is larger than the limit. */
    REQUEST_ENTITY_TOO_LARGE("RequestEntityTooLarge", 413),
    /** A body in a media type that the server does not read. */
    UNSUPPORTED_MEDIA_TYPE("UnsupportedMediaType", 415),
    /** A fault of the server's. */
    INTERNAL_ERROR("InternalError", 500),
    /** Something that the request needs is away. */
    SERVICE_UNAVAILABLE("ServiceUnavailable", 503);

    private final String text;
    private final int code;

    Reason(String text, int code) {
      this.text = text;
      this.code = code;
    }

    /** As a Status spells it. */
    public String text() {
      return text;
    }

    /** The HTTP code. */
    public int code() {
      return code;
    }
  }

  /**
   * A reason for a failure, of several.
   *
   * @param reason as {@code FieldValueInvalid}; may be empty
   * @param field the field's path; may be empty
   */
  public record Cause(String reason, String message, String field) {}

  /**
   * What a failure is about. Empty texts are left out.
   *
   * @param kind the resource's plural name, or the kind for {@link Reason#INVALID}
   * @param retryAfterSeconds 0 for no advice
   */
  public record Details(
      String name,
      String group,
      String kind,
      String uid,
      List<Cause> causes,
      int retryAfterSeconds) {

    /** About nothing in particular. */
    public static final Details NONE = new Details("", "", "", "", List.of(), 0);

    /** Copies the list. */
    public Details {
      causes = List.copyOf(causes);
    }

    static Details of(String group, String kind, String name) {
      return new Details(name, group, kind, "", List.of(), 0);
    }
  }

  private final Reason reason;
  private final int code;
  private final transient @Nullable Details details;
  private final String continueToken;

  /** A failure with the usual code of its reason. */
  public ApiException(Reason reason, String message, @Nullable Details details) {
    this(reason, reason.code(), message, details, null);
  }

  /** A failure with a code of its own. */
  public ApiException(
      Reason reason,
      int code,
      String message,
      @Nullable Details details,
      @Nullable Throwable cause) {
    this(reason, code, message, details, "", cause);
  }

  private ApiException(
      Reason reason,
      int code,
      String message,
      @Nullable Details details,
      String continueToken,
      @Nullable Throwable cause) {
    super(message, cause, false, cause != null);
    this.reason = reason;
    this.code = code;
    this.details = details;
    this.continueToken = continueToken;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }

  /** The HTTP code. */
  public int code() {
    return code;
  }

  /** What it is about, or null. */
  public @Nullable Details details() {
    return details;
  }

  /** By which a list may go on all the same; empty for none. */
  public String continueToken() {
    return continueToken;
  }

  /** The message, never null. */
  public String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  /** A resource as messages name it: {@code pods}, {@code deployments.apps}. */
  public static String qualified(String group, String name) {
    return group.isEmpty() ? name : name + "." + group;
  }

  /** {@code pods "x" not found}. */
  public static ApiException notFound(String group, String resource, String name) {
    return new ApiException(
        Reason.NOT_FOUND,
        qualified(group, resource) + " " + quoted(name) + " not found",
        Details.of(group, resource, name));
  }

  /** A path within a served group version that leads nowhere. */
  public static ApiException noSuchPath() {
    return new ApiException(
        Reason.NOT_FOUND, "the server could not find the requested resource", Details.NONE);
  }

  /** {@code pods "x" already exists}. */
  public static ApiException alreadyExists(String group, String resource, String name) {
    return new ApiException(
        Reason.ALREADY_EXISTS,
        qualified(group, resource) + " " + quoted(name) + " already exists",
        Details.of(group, resource, name));
  }

  /** {@code Operation cannot be fulfilled on deployments.apps "web": …}. */
  public static ApiException conflict(String group, String resource, String name, String why) {
    return new ApiException(
        Reason.CONFLICT,
        "Operation cannot be fulfilled on "
            + qualified(group, resource)
            + " "
            + quoted(name)
            + ": "
            + why,
        Details.of(group, resource, name));
  }

  /** The conflict of an update whose resourceVersion is no longer the newest. */
  public static ApiException modified(String group, String resource, String name) {
    return conflict(
        group,
        resource,
        name,
        "the object has been modified; please apply your changes to the latest version and try"
            + " again");
  }

  /** {@code Deployment.apps "web" is invalid: spec.x: …}, with a cause for each error. */
  public static ApiException invalid(
      String group, String kind, String name, List<FieldError> errors) {
    List<Cause> causes =
        errors.stream().map(e -> new Cause(e.type().reason(), e.body(), e.path())).toList();
    String message = FieldErrors.message(errors);
    return new ApiException(
        Reason.INVALID,
        qualified(group, kind)
            + " "
            + quoted(name)
            + " is invalid"
            + (message.isEmpty() ? "" : ": " + message),
        new Details(name, group, kind, "", causes, 0));
  }

  /** {@code pods "x" is forbidden: …}, or {@code pods is forbidden: …} without a name. */
  public static ApiException forbidden(String group, String resource, String name, String why) {
    String subject;
    if (resource.isEmpty()) {
      subject = "forbidden";
    } else if (name.isEmpty()) {
      subject = qualified(group, resource) + " is forbidden";
    } else {
      subject = qualified(group, resource) + " " + quoted(name) + " is forbidden";
    }
    return new ApiException(
        Reason.FORBIDDEN, subject + ": " + why, Details.of(group, resource, name));
  }

  /** A request that makes no sense. */
  public static ApiException badRequest(String message) {
    return new ApiException(Reason.BAD_REQUEST, message, null);
  }

  /** Nobody the server knows. */
  public static ApiException unauthorized() {
    return new ApiException(Reason.UNAUTHORIZED, "Unauthorized", null);
  }

  /** {@code patch is not supported on resources of kind "pods/eviction"}. */
  public static ApiException methodNotAllowed(String action, String group, String resource) {
    return new ApiException(
        Reason.METHOD_NOT_ALLOWED,
        action + " is not supported on resources of kind " + quoted(qualified(group, resource)),
        Details.of(group, resource, ""));
  }

  /** A method that is not possible now. */
  public static ApiException methodNotAllowed(String why) {
    return new ApiException(Reason.METHOD_NOT_ALLOWED, why, Details.NONE);
  }

  /** A method that a path does not know. */
  public static ApiException methodNotAllowed() {
    return new ApiException(
        Reason.METHOD_NOT_ALLOWED,
        "the server does not allow this method on the requested resource",
        Details.NONE);
  }

  /** A revision or continue token that is no longer there. */
  public static ApiException expired(String message) {
    return new ApiException(Reason.EXPIRED, message, null);
  }

  /** A continue token that is no longer good, with one that is, at the price of consistency. */
  public static ApiException expired(String message, String continueToken) {
    return new ApiException(
        Reason.EXPIRED, Reason.EXPIRED.code(), message, null, continueToken, null);
  }

  /** Something that takes longer than the server waits. */
  public static ApiException timeout(String message, int retryAfterSeconds) {
    return new ApiException(
        Reason.TIMEOUT,
        "Timeout: " + message,
        new Details("", "", "", "", List.of(), retryAfterSeconds));
  }

  /**
   * A resourceVersion that the server has not seen within its patience.
   *
   * @param message names both versions
   */
  public static ApiException resourceVersionTooLarge(String message) {
    return new ApiException(
        Reason.TIMEOUT,
        "Timeout: " + message,
        new Details(
            "",
            "",
            "",
            "",
            List.of(new Cause("ResourceVersionTooLarge", "Too large resource version", "")),
            1));
  }

  /** Too many requests for now. */
  public static ApiException tooManyRequests(String message, int retryAfterSeconds) {
    return new ApiException(
        Reason.TOO_MANY_REQUESTS,
        message,
        new Details("", "", "", "", List.of(), retryAfterSeconds));
  }

  /** A body larger than the limit. */
  public static ApiException tooLarge(String message) {
    return new ApiException(
        Reason.REQUEST_ENTITY_TOO_LARGE, "Request entity too large: " + message, null);
  }

  /** Something that the request needs is away. */
  public static ApiException unavailable(String message) {
    return new ApiException(Reason.SERVICE_UNAVAILABLE, message, null);
  }

  /** A fault of the server's; the cause is for the log. */
  public static ApiException internal(String message, @Nullable Throwable cause) {
    return new ApiException(
        Reason.INTERNAL_ERROR,
        Reason.INTERNAL_ERROR.code(),
        "Internal error occurred: " + message,
        new Details("", "", "", "", List.of(new Cause("", message, "")), 0),
        cause);
  }

  private static String quoted(String text) {
    return QuotedText.of(text);
  }
}
