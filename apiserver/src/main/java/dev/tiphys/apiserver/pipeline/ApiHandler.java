package dev.tiphys.apiserver.pipeline;

import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.authn.Authenticator;
import dev.tiphys.apiserver.authn.Credentials;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.authz.Attributes;
import dev.tiphys.apiserver.authz.AuthorizerChain;
import dev.tiphys.apiserver.http.HttpExchange;
import dev.tiphys.apiserver.http.HttpHandler;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.Query;
import dev.tiphys.apiserver.request.RequestInfo;
import java.io.IOException;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers every request: parse, authenticate, impersonate, authorize, route; the verbs behind the
 * routes admit, apply the kind's strategy, store and encode. Thread-safe.
 */
public final class ApiHandler implements HttpHandler {

  private static final Logger log = LoggerFactory.getLogger(ApiHandler.class);

  private final Authenticator authenticator;
  private final AuthorizerChain authorizer;
  private final Impersonation impersonation;
  private final Routes routes;
  private final RequestMetrics metrics;
  private final Supplier<UUID> ids;

  /** Puts the stages in order. */
  public ApiHandler(
      Authenticator authenticator,
      AuthorizerChain authorizer,
      Routes routes,
      RequestMetrics metrics,
      Supplier<UUID> ids) {
    this.authenticator = authenticator;
    this.authorizer = authorizer;
    this.impersonation = new Impersonation(authorizer);
    this.routes = routes;
    this.metrics = metrics;
    this.ids = ids;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String id = ids.get().toString();
    ApiCall call;
    try {
      Query query = Query.of(exchange.query());
      RequestInfo info = RequestInfo.of(exchange.method(), exchange.rawPath(), query);
      call = new ApiCall(exchange, info, query, User.ANONYMOUS, id);
    } catch (ApiException e) {
      Answers.failure(exchange, e);
      return;
    }
    int code = 200;
    try (RequestMetrics.Running _ = metrics.begin(call)) {
      call = identified(call);
      authorizer.require(Attributes.of(call.user(), call.info()));
      routes.answer(call);
    } catch (ApiException e) {
      code = e.code();
      refused(call, e);
    } catch (RuntimeException e) {
      code = 500;
      refused(call, ApiException.internal("see the server's log, request " + id, e));
    } finally {
      metrics.ended(call, code);
    }
  }

  private ApiCall identified(ApiCall call) {
    HttpExchange exchange = call.exchange();
    User user =
        authenticator.authenticate(
            new Credentials(
                exchange.peerCertificates(),
                Credentials.bearerOf(exchange.headers().first("Authorization"))));
    user = impersonation.apply(exchange.headers(), user);
    return new ApiCall(exchange, call.info(), call.query(), user, call.id());
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
