package dev.tiphys.apiserver.authz;

import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.ApiException;
import java.util.ArrayList;
import java.util.List;

/**
 * Authorizers in the order of {@code --authorization-mode}, after one that always allows {@code
 * system:masters}. What none allows is refused.
 */
public final class AuthorizerChain implements Authorizer {

  private final List<Authorizer> authorizers;

  /** Asks in order. */
  public AuthorizerChain(List<Authorizer> authorizers) {
    this.authorizers = List.copyOf(authorizers);
  }

  @Override
  public Decision decide(Attributes attributes) {
    if (attributes.user().groups().contains(User.MASTERS)) {
      return Decision.allow("");
    }
    List<String> reasons = new ArrayList<>(0);
    for (Authorizer authorizer : authorizers) {
      Decision decision = authorizer.decide(attributes);
      if (decision.verdict() != Verdict.NO_OPINION) {
        return decision;
      }
      if (!decision.reason().isEmpty()) {
        reasons.add(decision.reason());
      }
    }
    return Decision.noOpinion(String.join("\n", reasons));
  }

  @Override
  public List<PolicyRule> rulesFor(User user, String namespace) {
    List<PolicyRule> rules = new ArrayList<>();
    if (user.groups().contains(User.MASTERS)) {
      rules.add(RuleMatch.EVERYTHING);
      rules.add(RuleMatch.EVERY_PATH);
    }
    for (Authorizer authorizer : authorizers) {
      rules.addAll(authorizer.rulesFor(user, namespace));
    }
    return rules;
  }

  /**
   * Refuses what is not allowed.
   *
   * @throws ApiException 403
   */
  public void require(Attributes attributes) {
    require(attributes, decide(attributes));
  }

  /**
   * Refuses what a decision of {@link #decide} does not allow.
   *
   * @throws ApiException 403
   */
  public void require(Attributes attributes, Decision decision) {
    if (decision.allowed()) {
      return;
    }
    String why = attributes.refusal();
    throw ApiException.forbidden(
        attributes.group(),
        attributes.resource(),
        attributes.name(),
        decision.reason().isEmpty() ? why : why + ": " + decision.reason());
  }
}
