package dev.tiphys.kubelet.access;

import dev.tiphys.api.Resources;
import dev.tiphys.api.authorization.v1.ResourceAttributes;
import dev.tiphys.api.authorization.v1.SubjectAccessReview;
import dev.tiphys.api.authorization.v1.SubjectAccessReviewSpec;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.kubelet.server.Authorizer;
import dev.tiphys.kubelet.server.Caller;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the API server say whether a caller may reach a subresource of this Node. A yes is kept for
 * five minutes and a no for half a minute, as upstream does; whoever loses a right keeps it that
 * long.
 */
public final class ReviewedAccess implements Authorizer {

  private static final Logger log = LoggerFactory.getLogger(ReviewedAccess.class);
  private static final Duration KEEP_YES = Duration.ofMinutes(5);
  private static final Duration KEEP_NO = Duration.ofSeconds(30);
  private static final int MAX_KEPT = 1024;

  private record Question(Caller caller, String verb, String subresource) {}

  private record Answer(boolean allowed, Duration until) {}

  private final Client client;
  private final String nodeName;
  private final Environment environment;
  private final Map<Question, Answer> answers = new LinkedHashMap<>();

  /** Asks through a client that may create subject access reviews. */
  public ReviewedAccess(Client client, String nodeName, Environment environment) {
    this.client = client;
    this.nodeName = nodeName;
    this.environment = environment;
  }

  @Override
  public boolean allows(Caller caller, Access access) {
    for (String subresource : access.subresources()) {
      if (allows(new Question(caller, access.verb(), subresource))) {
        return true;
      }
    }
    return false;
  }

  private boolean allows(Question question) {
    synchronized (answers) {
      Answer known = answers.get(question);
      if (known != null && environment.uptime().compareTo(known.until()) < 0) {
        return known.allowed();
      }
    }
    try {
      boolean allowed = ask(question);
      keep(question, allowed);
      return allowed;
    } catch (ApiException e) {
      log.warn(
          "event=access-not-reviewed user={} error={}", question.caller().name(), e.getMessage());
      return false;
    }
  }

  private boolean ask(Question question) {
    Caller caller = question.caller();
    SubjectAccessReview review =
        SubjectAccessReview.builder()
            .spec(
                SubjectAccessReviewSpec.builder()
                    .user(caller.name())
                    .uid(caller.uid())
                    .groups(caller.groups())
                    .extra(caller.extra())
                    .resourceAttributes(
                        ResourceAttributes.builder()
                            .verb(question.verb())
                            .version("v1")
                            .resource("nodes")
                            .subresource(question.subresource())
                            .name(nodeName)
                            .build())
                    .build())
            .build();
    var status = client.resource(Resources.SUBJECT_ACCESS_REVIEWS).create(review).status();
    return status != null && Boolean.TRUE.equals(status.allowed());
  }

  private void keep(Question question, boolean allowed) {
    synchronized (answers) {
      // The oldest goes first: insertion order is age, for a renewed answer is put anew.
      answers.remove(question);
      if (answers.size() >= MAX_KEPT) {
        answers.remove(answers.keySet().iterator().next());
      }
      answers.put(
          question, new Answer(allowed, environment.uptime().plus(allowed ? KEEP_YES : KEEP_NO)));
    }
  }
}
