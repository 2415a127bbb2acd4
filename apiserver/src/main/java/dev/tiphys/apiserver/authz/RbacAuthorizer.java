package dev.tiphys.apiserver.authz;

import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.apiserver.authn.User;
import java.util.List;
import java.util.function.Supplier;

/** Role-based access control over the roles and bindings in the cluster. */
public final class RbacAuthorizer implements Authorizer {

  private final Supplier<RbacRules> rules;

  /**
   * Judges by rules.
   *
   * @param rules the newest that the cache knows; asked for every request
   */
  public RbacAuthorizer(Supplier<RbacRules> rules) {
    this.rules = rules;
  }

  @Override
  public Decision decide(Attributes attributes) {
    return rules.get().allow(attributes) ? Decision.allow("RBAC") : Decision.NO_OPINION;
  }

  @Override
  public List<PolicyRule> rulesFor(User user, String namespace) {
    return rules.get().rulesFor(user, namespace);
  }
}
