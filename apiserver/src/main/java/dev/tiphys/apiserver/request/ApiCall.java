package dev.tiphys.apiserver.request;

import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.http.BodyTooLargeException;
import dev.tiphys.apiserver.http.HttpExchange;
import dev.tiphys.apiserver.http.Limits;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way through the pipeline: what it asks for, who asks, and what the answer must
 * warn of. For the thread that handles it.
 */
public final class ApiCall {

  private final HttpExchange exchange;
  private final RequestInfo info;
  private final Query query;
  private final User user;
  private final String id;
  private final Progress progress;

  /** What came of the request so far, whoever it is now taken to come from. */
  private static final class Progress {
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Map<String, String> annotations = new LinkedHashMap<>();
    private @Nullable Deprecation deprecation;
    private boolean withoutProtobuf;
    private boolean keepsBody;
    private byte @Nullable [] bodyRead;
  }

  /**
   * Begins the way.
   *
   * @param id by which log lines and the {@code Audit-Id} header name the request
   */
  public ApiCall(HttpExchange exchange, RequestInfo info, Query query, User user, String id) {
    this(exchange, info, query, user, id, new Progress());
  }

  private ApiCall(
      HttpExchange exchange,
      RequestInfo info,
      Query query,
      User user,
      String id,
      Progress progress) {
    this.exchange = exchange;
    this.info = info;
    this.query = query;
    this.user = user;
    this.id = id;
    this.progress = progress;
  }

  /** The same on behalf of a user. */
  public ApiCall as(User user) {
    return new ApiCall(exchange, info, query, user, id, progress);
  }

  /** The HTTP request. */
  public HttpExchange exchange() {
    return exchange;
  }

  /** What it is about. */
  public RequestInfo info() {
    return info;
  }

  /** Its parameters. */
  public Query query() {
    return query;
  }

  /** Who asks. */
  public User user() {
    return user;
  }

  /** By which log lines name it. */
  public String id() {
    return id;
  }

  /** The {@code User-Agent} header, empty if absent. */
  public String userAgent() {
    return exchange.headers().firstOr("User-Agent", "");
  }

  /** The {@code Content-Type} header, empty if absent. */
  public String contentType() {
    return exchange.headers().firstOr("Content-Type", "");
  }

  /**
   * The body.
   *
   * @throws ApiException 413 if it is longer than the API takes
   * @throws IOException if the client went
   */
  public byte[] body() throws IOException {
    try {
      byte[] body = exchange.readBody(Limits.REQUEST_BODY_BYTES);
      progress.bodyRead = progress.keepsBody ? body : null;
      return body;
    } catch (BodyTooLargeException e) {
      throw ApiException.tooLarge("limit is " + e.limit());
    }
  }

  /** Keeps the body for {@link #bodyRead}; otherwise it is forgotten once it is read. */
  public void keepBody() {
    progress.keepsBody = true;
  }

  /** The body if it was kept and has been read; else null. */
  public byte @Nullable [] bodyRead() {
    return progress.bodyRead;
  }

  /**
   * What the client wants the answer in.
   *
   * @throws ApiException 406 if nothing that is served
   */
  public MediaTypes.Answer answer() {
    return MediaTypes.negotiate(
        exchange.headers().first("Accept"),
        userAgent(),
        query,
        info.verb().equals("watch"),
        !progress.withoutProtobuf);
  }

  /** Says that what is asked for has no protobuf form; its transforms have one all the same. */
  public void hasNoProtobuf() {
    progress.withoutProtobuf = true;
  }

  /** Tells the client something in a {@code Warning} header of the answer; each text once. */
  public void warn(String text) {
    progress.warnings.add(text);
  }

  /** Says that what is asked for is given up: the answer warns of it, the audit event notes it. */
  public void uses(Deprecation deprecation) {
    progress.deprecation = deprecation;
    if (!deprecation.warning().isEmpty()) {
      warn(deprecation.warning());
    }
    annotate("k8s.io/deprecated", "true");
    if (!deprecation.removedRelease().isEmpty()) {
      annotate("k8s.io/removed-release", deprecation.removedRelease());
    }
  }

  /** What it asks for that is given up; null if nothing. */
  public @Nullable Deprecation deprecation() {
    return progress.deprecation;
  }

  /** What the answer must warn of. */
  public List<String> warnings() {
    return List.copyOf(progress.warnings);
  }

  /** Notes something for the audit event, under a key such as {@code example.com/decision}. */
  public void annotate(String key, String value) {
    progress.annotations.put(key, value);
  }

  /** What the audit event notes. */
  public Map<String, String> annotations() {
    return Map.copyOf(progress.annotations);
  }
}
