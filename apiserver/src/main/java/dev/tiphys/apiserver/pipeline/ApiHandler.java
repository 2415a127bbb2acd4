package dev.tiphys.apiserver.pipeline;

import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.audit.AuditTrail;
import dev.tiphys.apiserver.audit.Auditor;
import dev.tiphys.apiserver.audit.Level;
import dev.tiphys.apiserver.authn.Authenticator;
import dev.tiphys.apiserver.authn.Credentials;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.authz.Attributes;
import dev.tiphys.apiserver.authz.Authorizer;
import dev.tiphys.apiserver.authz.AuthorizerChain;
import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.http.HttpExchange;
import dev.tiphys.apiserver.http.HttpHandler;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.Query;
import dev.tiphys.apiserver.request.RequestInfo;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers every request: parse, authenticate, audit, impersonate, wait for a seat, authorize,
 * route; the verbs behind the routes admit, apply the kind's strategy, store and encode.
 * Thread-safe.
 */
public final class ApiHandler implements HttpHandler {

  private static final Logger log = LoggerFactory.getLogger(ApiHandler.class);
  private static final User NOBODY = User.of("", List.of());

  private final Authenticator authenticator;
  private final AuthorizerChain authorizer;
  private final Impersonation impersonation;
  private final @Nullable Auditor auditor;
  private final FlowControl flow;
  private final Routes routes;
  private final RequestMetrics metrics;
  private final Supplier<UUID> ids;

  /**
   * Puts the stages in order.
   *
   * @param auditor null if nothing is audited
   */
  public ApiHandler(
      Authenticator authenticator,
      AuthorizerChain authorizer,
      @Nullable Auditor auditor,
      FlowControl flow,
      Routes routes,
      RequestMetrics metrics,
      Supplier<UUID> ids) {
    this.authenticator = authenticator;
    this.authorizer = authorizer;
    this.impersonation = new Impersonation(authorizer);
    this.auditor = auditor;
    this.flow = flow;
    this.routes = routes;
    this.metrics = metrics;
    this.ids = ids;
  }

  @Override
  public void handle(HttpExchange connection) throws IOException {
    ObservedExchange exchange = new ObservedExchange(connection);
    ApiCall call;
    try {
      Query query = Query.of(exchange.query());
      RequestInfo info = RequestInfo.of(exchange.method(), exchange.rawPath(), query);
      call = new ApiCall(exchange, info, query, User.ANONYMOUS, idOf(exchange.headers()));
    } catch (ApiException e) {
      Answers.failure(exchange, e);
      return;
    }
    new Handling(call, exchange).run();
  }

  /** As upstream: whoever passes a request on may have named it already. */
  private String idOf(Headers headers) {
    String given = headers.firstOr("Audit-ID", "");
    boolean usable =
        !given.isEmpty()
            && given.length() <= Limits.AUDIT_ID
            && given.chars().allMatch(c -> c > ' ' && c < 0x7f);
    return usable ? given : ids.get().toString();
  }

  /** One request on its way. */
  private final class Handling {

    private final ObservedExchange exchange;
    private ApiCall call;
    private @Nullable AuditTrail trail;

    Handling(ApiCall call, ObservedExchange exchange) {
      this.call = call;
      this.exchange = exchange;
    }

    void run() throws IOException {
      RequestMetrics.Running running = metrics.begin(call);
      ApiException failure = null;
      try {
        answer();
      } catch (ApiException e) {
        failure = e;
        refused(call, e);
      } catch (RuntimeException e) {
        failure = ApiException.internal("see the server's log, request " + call.id(), e);
        refused(call, failure);
      } finally {
        int code = failure == null ? exchange.status() : failure.code();
        running.ended(code);
        log.debug(
            "event=request id={} verb={} path={} user={} code={}",
            call.id(),
            call.info().verb(),
            exchange.rawPath(),
            call.user().name(),
            code);
        AuditTrail told = trail;
        if (told != null) {
          call.annotations().forEach(told::annotate);
          told.completed(code, failure, exchange.answeredIn(), exchange.answered());
        }
      }
    }

    private void answer() throws IOException {
      User user;
      try {
        user = authenticated();
      } catch (ApiException e) {
        audit(NOBODY);
        throw e;
      }
      call = call.as(user);
      audit(user);
      impersonate(user);
      FlowControl.Ticket ticket = flow.ticket(call.user(), call.info(), call.query());
      exchange.tell(ticket.headers());
      try (FlowControl.Seat seat = ticket.enter()) {
        if (call.info().longRunning()) {
          // As upstream: a watch is work until it has begun, and then hardly any.
          exchange.onStart(_ -> seat.close());
        }
        authorize();
        routes.answer(call);
      }
    }

    private User authenticated() {
      String bearer = Credentials.bearerOf(exchange.headers().first("Authorization"));
      return authenticator.authenticate(
          new Credentials(
              exchange.peerCertificates(),
              bearer == null ? exchange.takeBearer() : bearer,
              exchange.headers()),
          call.info().path());
    }

    private void audit(User user) {
      if (auditor == null) {
        return;
      }
      AuditTrail begun = auditor.begin(call, user);
      if (begun.level() == Level.NONE) {
        return;
      }
      trail = begun;
      if (begun.level().atLeast(Level.REQUEST)) {
        call.keepBody();
      }
      if (begun.level().atLeast(Level.REQUEST_RESPONSE)) {
        exchange.keepBody();
      }
      exchange.onStart(begun::started);
      begun.received();
    }

    private void impersonate(User user) {
      User acting = impersonation.apply(exchange.headers(), user);
      if (acting != user) {
        call = call.as(acting);
        if (trail != null) {
          trail.impersonates(acting);
        }
      }
    }

    private void authorize() {
      Attributes attributes = Attributes.of(call.user(), call.info(), call.query());
      AuditTrail told = trail;
      if (told == null) {
        authorizer.require(attributes);
        return;
      }
      Authorizer.Decision decision = authorizer.decide(attributes);
      told.annotate("authorization.k8s.io/decision", decision.allowed() ? "allow" : "forbid");
      told.annotate("authorization.k8s.io/reason", decision.reason());
      authorizer.require(attributes, decision);
    }
  }

  private static void refused(ApiCall call, ApiException failure) throws IOException {
    if (failure.code() >= 500 && failure.getCause() != null) {
      log.error(
          "event=request-failed id={} method={} path={} user={}",
          call.id(),
          call.exchange().method(),
          call.exchange().rawPath(),
          call.user().name(),
          failure.getCause());
    } else {
      log.debug(
          "event=request-refused id={} method={} path={} user={} code={} message=\"{}\"",
          call.id(),
          call.exchange().method(),
          call.exchange().rawPath(),
          call.user().name(),
          failure.code(),
          failure.text());
    }
    if (call.exchange().responded()) {
      throw new IOException("the answer failed after it began: " + failure.text(), failure);
    }
    Answers.failure(call, failure);
  }
}
