package dev.tiphys.apiserver.authz.webhook;

import dev.tiphys.api.authorization.v1.SubjectAccessReview;
import dev.tiphys.api.authorization.v1.SubjectAccessReviewStatus;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.authz.Attributes;
import dev.tiphys.apiserver.authz.Authorizer;
import dev.tiphys.apiserver.cel.TreeCel;
import dev.tiphys.apiserver.outbound.ExpiringCache;
import dev.tiphys.apiserver.outbound.PatientCalls;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a webhook with a SubjectAccessReview, and remembers what it said. Thread-safe; blocks. */
public final class WebhookAuthorizer implements Authorizer {

  private static final Logger log = LoggerFactory.getLogger(WebhookAuthorizer.class);

  /** Answers that are remembered, as upstream. */
  private static final int REMEMBERED = 8192;

  /** Requests with more text that clients choose are not: they might be many. */
  private static final int MOST_TEXT = 10_000;

  private final WebhookSettings settings;
  private final PatientCalls calls;
  private final WebhookMetrics metrics;
  private final InstantSource clock;
  private final ExpiringCache<String, SubjectAccessReviewStatus> answers;

  /** Asks over the network. */
  public WebhookAuthorizer(
      WebhookSettings settings, PatientCalls calls, WebhookMetrics metrics, InstantSource clock) {
    this.settings = settings;
    this.calls = calls;
    this.metrics = metrics;
    this.clock = clock;
    this.answers = new ExpiringCache<>(REMEMBERED, clock);
  }

  @Override
  public Decision decide(Attributes request) {
    try {
      if (!settings.conditions().isEmpty() && !concerns(ReviewTrees.spec(request, true))) {
        metrics.excluded(settings.name());
        return Decision.NO_OPINION;
      }
    } catch (TreeCel.FailedException e) {
      metrics.conditionFailed(settings.name());
      return failed(String.valueOf(e.getMessage()));
    }
    JsonTree.Obj review = ReviewTrees.review(request, settings.version());
    String key = review.toJson();
    SubjectAccessReviewStatus answer = answers.get(key);
    if (answer == null) {
      try {
        answer = ask(review);
      } catch (IOException e) {
        log.error(
            "event=authorization-webhook-failed name={} message=\"{}\"",
            settings.name(),
            e.getMessage());
        return failed(String.valueOf(e.getMessage()));
      }
      if (textOf(request) < MOST_TEXT) {
        boolean yes = Boolean.TRUE.equals(answer.allowed());
        answers.put(key, answer, yes ? settings.authorized() : settings.unauthorized());
      }
    }
    return decision(answer);
  }

  /** A condition that is false counts more than one that fails. */
  private boolean concerns(JsonTree.Obj spec) throws TreeCel.FailedException {
    TreeCel.@Nullable FailedException failure = null;
    for (TreeCel.Compiled condition : settings.conditions()) {
      try {
        if (!new JsonTree.Bool(true).equals(condition.evaluate(spec))) {
          return false;
        }
      } catch (TreeCel.FailedException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return true;
  }

  private SubjectAccessReviewStatus ask(JsonTree.Obj review) throws IOException {
    var began = clock.instant();
    String result = "error";
    try {
      byte[] answer = calls.post(settings.remote(), review.toBytes(), settings.timeout());
      SubjectAccessReviewStatus status =
          JsonCodec.decode(answer, SubjectAccessReview.TYPE).status();
      result = "success";
      return Objects.requireNonNullElse(status, SubjectAccessReviewStatus.EMPTY);
    } catch (DecodeException e) {
      throw new IOException("the answer cannot be read: " + e.getMessage(), e);
    } catch (IOException e) {
      result = e.getCause() instanceof InterruptedIOException ? "timeout" : "error";
      throw e;
    } finally {
      metrics.called(settings.name(), result, Duration.between(began, clock.instant()));
      if (!result.equals("success") && !settings.denies()) {
        metrics.failedOpen(settings.name(), result);
      }
    }
  }

  private Decision failed(String error) {
    return new Decision(settings.denies() ? Verdict.DENY : Verdict.NO_OPINION, "", error);
  }

  private Decision decision(SubjectAccessReviewStatus answer) {
    String reason = Objects.requireNonNullElse(answer.reason(), "");
    boolean allowed = Boolean.TRUE.equals(answer.allowed());
    if (Boolean.TRUE.equals(answer.denied())) {
      metrics.decided("Webhook", settings.name(), false);
      return new Decision(
          Verdict.DENY,
          reason,
          allowed ? "webhook subject access review returned both allow and deny response" : "");
    }
    if (allowed) {
      metrics.decided("Webhook", settings.name(), true);
    }
    return new Decision(allowed ? Verdict.ALLOW : Verdict.NO_OPINION, reason);
  }

  private static int textOf(Attributes request) {
    return request.namespace().length()
        + request.verb().length()
        + request.group().length()
        + request.version().length()
        + request.resource().length()
        + request.subresource().length()
        + request.name().length()
        + request.path().length()
        + request.selectors().toString().length();
  }

  @Override
  public String rulesUnknown(User user) {
    return "webhook authorizer does not support user rule resolution";
  }
}
