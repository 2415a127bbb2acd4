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
    List<String> errors = new ArrayList<>(0);
    for (Authorizer authorizer : authorizers) {
      Decision decision = authorizer.decide(attributes);
      if (!decision.error().isEmpty()) {
        errors.add(decision.error());
      }
      if (decision.verdict() != Verdict.NO_OPINION) {
        return errors.isEmpty()
            ? decision
            : new Decision(decision.verdict(), decision.reason(), together(errors));
      }
      if (!decision.reason().isEmpty()) {
        reasons.add(decision.reason());
      }
    }
    return new Decision(Verdict.NO_OPINION, String.join("\n", reasons), together(errors));
  }

  private static String together(List<String> errors) {
    return errors.size() > 1 ? "[" + String.join(", ", errors) + "]" : String.join("", errors);
  }

  @Override
  public String rulesUnknown(User user) {
    return together(
        authorizers.stream()
            .map(authorizer -> authorizer.rulesUnknown(user))
            .filter(why -> !why.isEmpty())
            .toList());
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
   * @throws ApiException 403; 500 if that is for want of somebody's judgement
   */
  public void require(Attributes attributes, Decision decision) {
    if (decision.allowed()) {
      return;
    }
    if (!decision.error().isEmpty()) {
      throw ApiException.internal(decision.error(), null);
    }
    String why = attributes.refusal();
    throw ApiException.forbidden(
        attributes.group(),
        attributes.resource(),
        attributes.name(),
        decision.reason().isEmpty() ? why : why + ": " + decision.reason());
  }
}
