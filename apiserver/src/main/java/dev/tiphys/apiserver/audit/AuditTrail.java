package dev.tiphys.apiserver.audit;

import dev.tiphys.api.audit.v1.Event;
import dev.tiphys.api.audit.v1.ObjectReference;
import dev.tiphys.api.authentication.v1.UserInfo;
import dev.tiphys.api.meta.v1.ListMeta;
import dev.tiphys.api.meta.v1.Status;
import dev.tiphys.api.value.RawJson;
import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.http.HttpExchange;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.RequestInfo;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The events of one request. For the thread that handles it. */
public final class AuditTrail {

  private final ApiCall call;
  private final User user;
  private final AuditPolicy.Decision decision;
  private final InstantSource clock;
  private final Consumer<Event> events;
  private final Instant received;
  private final Map<String, String> annotations = new TreeMap<>();
  private @Nullable User impersonated;

  AuditTrail(
      ApiCall call,
      User user,
      AuditPolicy.Decision decision,
      InstantSource clock,
      Consumer<Event> events) {
    this.call = call;
    this.user = user;
    this.decision = decision;
    this.clock = clock;
    this.events = events;
    this.received = clock.instant();
  }

  /** How much is told. */
  public Level level() {
    return decision.level();
  }

  /** Tells that the request came. */
  public void received() {
    if (tells(Stage.REQUEST_RECEIVED)) {
      events.accept(event(Stage.REQUEST_RECEIVED).build());
    }
  }

  /** Notes as whom the user acts. */
  public void impersonates(User other) {
    impersonated = other;
  }

  /** Notes something about the request, under a key such as {@code authorization.k8s.io/reason}. */
  public void annotate(String key, String value) {
    annotations.put(key, value);
  }

  /** Tells that an answer has begun that will go on for a while. */
  public void started(int code) {
    if (tells(Stage.RESPONSE_STARTED)) {
      events.accept(event(Stage.RESPONSE_STARTED).responseStatus(succeeded(code)).build());
    }
  }

  /**
   * Tells that the request is over.
   *
   * @param failure why it was refused, or null
   * @param body of the answer, as far as it was kept
   */
  public void completed(
      int code, @Nullable ApiException failure, String contentType, List<byte[]> body) {
    if (!tells(Stage.RESPONSE_COMPLETE)) {
      return;
    }
    Event.Builder event = event(Stage.RESPONSE_COMPLETE).responseStatus(outcome(code, failure));
    if (level().atLeast(Level.REQUEST)) {
      event.requestObject(requestObject());
    }
    if (level().atLeast(Level.REQUEST_RESPONSE)) {
      event.responseObject(
          AuditBodies.of(AuditBodies.joined(body), contentType, decision.omitManagedFields()));
    }
    events.accept(event.build());
  }

  private @Nullable RawJson requestObject() {
    byte[] body = call.bodyRead();
    return body == null
        ? null
        : AuditBodies.of(body, call.contentType(), decision.omitManagedFields());
  }

  private boolean tells(Stage stage) {
    return level() != Level.NONE && !decision.omitted().contains(stage);
  }

  private static Status succeeded(int code) {
    return Status.builder().metadata(ListMeta.EMPTY).code(code).build();
  }

  private static Status outcome(int code, @Nullable ApiException failure) {
    return failure == null ? succeeded(code) : Answers.status(failure);
  }

  private Event.Builder event(Stage stage) {
    HttpExchange exchange = call.exchange();
    Event.Builder event =
        Event.builder()
            .level(level().text())
            .auditID(call.id())
            .stage(stage.text())
            .requestURI(exchange.rawTarget())
            .verb(call.info().verb())
            .user(info(user))
            .sourceIPs(sources(exchange))
            .userAgent(call.userAgent().isEmpty() ? null : call.userAgent())
            .objectRef(reference())
            .requestReceivedTimestamp(received)
            .stageTimestamp(clock.instant())
            .annotations(annotations);
    User other = impersonated;
    return other == null ? event : event.impersonatedUser(info(other));
  }

  private @Nullable ObjectReference reference() {
    RequestInfo info = call.info();
    if (!info.resourceRequest()) {
      return null;
    }
    return ObjectReference.builder()
        .resource(orNull(info.resource()))
        .namespace(orNull(info.namespace()))
        .name(orNull(info.name()))
        .apiGroup(orNull(info.group()))
        .apiVersion(orNull(info.version()))
        .subresource(orNull(info.subresource()))
        .build();
  }

  private static UserInfo info(User user) {
    return UserInfo.builder()
        .username(orNull(user.name()))
        .uid(orNull(user.uid()))
        .groups(user.groups())
        .extra(user.extra())
        .build();
  }

  /** Where the request came from: what proxies say first, then the connection. */
  private static List<String> sources(HttpExchange exchange) {
    List<String> sources = new ArrayList<>();
    for (String forwarded : exchange.headers().all("X-Forwarded-For")) {
      for (String address : forwarded.split(",")) {
        add(sources, address.strip());
      }
    }
    add(sources, exchange.headers().firstOr("X-Real-Ip", ""));
    add(sources, exchange.remoteAddress().getAddress().getHostAddress());
    return sources;
  }

  private static void add(List<String> sources, String address) {
    if (!address.isEmpty() && !sources.contains(address)) {
      sources.add(address);
    }
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
