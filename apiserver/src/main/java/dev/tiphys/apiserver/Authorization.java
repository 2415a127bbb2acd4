package dev.tiphys.apiserver;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.apiserver.authz.Authorizer;
import dev.tiphys.apiserver.authz.Authorizer.Decision;
import dev.tiphys.apiserver.authz.Authorizer.Verdict;
import dev.tiphys.apiserver.authz.AuthorizerChain;
import dev.tiphys.apiserver.authz.NodeAuthorizer;
import dev.tiphys.apiserver.authz.RbacAuthorizer;
import dev.tiphys.apiserver.authz.RbacSource;
import java.util.List;
import java.util.function.BiFunction;

/** The authorizers that {@code --authorization-mode} names. */
final class Authorization {

  private Authorization() {}

  static AuthorizerChain chain(
      List<String> modes, RbacSource rbac, BiFunction<String, String, List<Pod>> podsOnNode) {
    return new AuthorizerChain(
        modes.stream().<Authorizer>map(mode -> of(mode, rbac, podsOnNode)).toList());
  }

  private static Authorizer of(
      String mode, RbacSource rbac, BiFunction<String, String, List<Pod>> podsOnNode) {
    return switch (mode) {
      case "AlwaysAllow" -> _ -> Decision.allow("");
      case "AlwaysDeny" -> _ -> new Decision(Verdict.NO_OPINION, "Everything is forbidden.");
      case "Node" -> new NodeAuthorizer(podsOnNode);
      case "RBAC" -> new RbacAuthorizer(rbac);
      default -> throw new IllegalArgumentException(mode);
    };
  }
}
