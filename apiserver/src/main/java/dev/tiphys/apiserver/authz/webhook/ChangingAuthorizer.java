package dev.tiphys.apiserver.authz.webhook;

import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.authz.Attributes;
import dev.tiphys.apiserver.authz.Authorizer;
import java.util.List;

/** An authorizer in whose place another may be put at any time. Thread-safe. */
public final class ChangingAuthorizer implements Authorizer {

  private volatile Authorizer current;

  /** Begins with one. */
  public ChangingAuthorizer(Authorizer first) {
    this.current = first;
  }

  /** Asks another from now on. */
  public void change(Authorizer next) {
    current = next;
  }

  @Override
  public Decision decide(Attributes attributes) {
    return current.decide(attributes);
  }

  @Override
  public List<PolicyRule> rulesFor(User user, String namespace) {
    return current.rulesFor(user, namespace);
  }

  @Override
  public String rulesUnknown(User user) {
    return current.rulesUnknown(user);
  }
}
