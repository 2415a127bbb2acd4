package dev.tiphys.apiserver.authz;

import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.apiserver.authn.User;
import java.util.List;
import java.util.Set;

/**
 * What a node's kubelet may do: what the role {@code system:node} says, but of objects that concern
 * one node only those that concern this one: what pods on it refer to, the node itself, its lease.
 * Thread-safe.
 */
public final class NodeAuthorizer implements Authorizer {

  private static final String USER_PREFIX = "system:node:";
  private static final String GROUP = "system:nodes";
  private static final String LEASES = "kube-node-lease";
  private static final Set<String> READS = Set.of("get", "list", "watch");
  private static final Set<String> OWN = Set.of("create", "delete", "get", "patch", "update");

  private final List<PolicyRule> rules;
  private final NodeRelations relations;

  /**
   * Judges by what runs where.
   *
   * @param rules for what is not told apart by nodes
   */
  public NodeAuthorizer(List<PolicyRule> rules, NodeRelations relations) {
    this.rules = List.copyOf(rules);
    this.relations = relations;
  }

  /** The node that a user is, or empty. */
  public static String nodeOf(User user) {
    return user.name().startsWith(USER_PREFIX) && user.groups().contains(GROUP)
        ? user.name().substring(USER_PREFIX.length())
        : "";
  }

  @Override
  public Decision decide(Attributes request) {
    String node = nodeOf(request.user());
    if (node.isEmpty()) {
      return Decision.NO_OPINION;
    }
    if (!request.resourceRequest()) {
      return byRules(request);
    }
    String resource =
        request.group().isEmpty() ? request.resource() : request.resource() + "." + request.group();
    return switch (resource) {
      case "secrets", "configmaps" -> referenced(request, node);
      case "persistentvolumeclaims" ->
          request.subresource().equals("status") ? status(request, node) : get(request, node);
      case "persistentvolumes",
          "resourceclaims.resource.k8s.io",
          "volumeattachments.storage.k8s.io" ->
          get(request, node);
      case "serviceaccounts" -> account(request, node);
      case "leases.coordination.k8s.io" -> lease(request, node);
      case "csinodes.storage.k8s.io" -> csiNode(request, node);
      case "resourceslices.resource.k8s.io" -> slice(request, node);
      case "nodes" -> node(request, node);
      case "pods" -> pod(request, node);
      default -> byRules(request);
    };
  }

  private Decision byRules(Attributes request) {
    for (PolicyRule rule : rules) {
      if (RuleMatch.allows(rule, request)) {
        return Decision.allow("");
      }
    }
    return Decision.NO_OPINION;
  }

  private Decision related(Attributes request, String node) {
    if (request.name().isEmpty()) {
      return Decision.noOpinion("No Object name found");
    }
    return relations.related(
            node, request.group(), request.resource(), request.namespace(), request.name())
        ? Decision.allow("")
        : Decision.noOpinion("no relationship found between node '" + node + "' and this object");
  }

  private Decision referenced(Attributes request, String node) {
    if (!READS.contains(request.verb())) {
      return Decision.noOpinion("can only read resources of this type");
    }
    if (!request.subresource().isEmpty()) {
      return Decision.noOpinion("cannot read subresource");
    }
    if (request.namespace().isEmpty()) {
      return Decision.noOpinion("can only read namespaced object of this type");
    }
    return related(request, node);
  }

  private Decision get(Attributes request, String node) {
    if (!request.verb().equals("get")) {
      return Decision.noOpinion("can only get individual resources of this type");
    }
    if (!request.subresource().isEmpty()) {
      return Decision.noOpinion("cannot get subresource");
    }
    return related(request, node);
  }

  private Decision status(Attributes request, String node) {
    return switch (request.verb()) {
      case "get", "patch", "update" -> related(request, node);
      default -> Decision.noOpinion("can only get/update/patch this type");
    };
  }

  private Decision account(Attributes request, String node) {
    boolean token = request.subresource().equals("token");
    if (request.verb().equals("get") && request.subresource().isEmpty()) {
      return related(request, node);
    }
    if (!request.verb().equals("create")) {
      return Decision.noOpinion("can only get individual resources of this type");
    }
    return token
        ? related(request, node)
        : Decision.noOpinion("can only create token subresource of this type");
  }

  private static Decision lease(Attributes request, String node) {
    if (!OWN.contains(request.verb())) {
      return Decision.noOpinion("can only get, create, update, patch, or delete a node lease");
    }
    if (!request.namespace().equals(LEASES)) {
      return Decision.noOpinion(
          "can only access leases in the \"" + LEASES + "\" system namespace");
    }
    return own(
        request, node, "can only access node lease with the same name as the requesting node");
  }

  private static Decision csiNode(Attributes request, String node) {
    if (!OWN.contains(request.verb())) {
      return Decision.noOpinion("can only get, create, update, patch, or delete a CSINode");
    }
    if (!request.subresource().isEmpty()) {
      return Decision.noOpinion("cannot authorize CSINode subresources");
    }
    return own(request, node, "can only access CSINode with the same name as the requesting node");
  }

  /** On create there may be no name yet; admission judges the object. */
  private static Decision own(Attributes request, String node, String otherwise) {
    return request.verb().equals("create") || request.name().equals(node)
        ? Decision.allow("")
        : Decision.noOpinion(otherwise);
  }

  private Decision slice(Attributes request, String node) {
    if (!request.subresource().isEmpty()) {
      return Decision.noOpinion("cannot authorize ResourceSlice subresources");
    }
    return switch (request.verb()) {
      case "create" -> Decision.allow("");
      case "get", "update", "patch", "delete" -> related(request, node);
      case "list", "watch", "deletecollection" ->
          selects(request, "spec.nodeName", node)
              ? Decision.allow("")
              : Decision.noOpinion(
                  "can only list/watch/deletecollection resourceslices with spec.nodeName field"
                      + " selector");
      default ->
          Decision.noOpinion(
              "only the following verbs are allowed for a ResourceSlice: get, watch, list, create,"
                  + " update, patch, delete, deletecollection");
    };
  }

  private static Decision node(Attributes request, String node) {
    if (request.subresource().equals("status")) {
      return allowed(Set.of("patch", "update"), request);
    }
    if (!request.subresource().isEmpty()) {
      return Decision.NO_OPINION;
    }
    if (!READS.contains(request.verb())) {
      return allowed(Set.of("create", "patch", "update"), request);
    }
    if (request.name().equals(node)) {
      return Decision.allow("");
    }
    return Decision.noOpinion(
        request.name().isEmpty()
            ? "node '" + node + "' cannot read all nodes, only its own Node object"
            : "node '" + node + "' cannot read '" + request.name() + "', only its own Node object");
  }

  private Decision pod(Attributes request, String node) {
    return switch (request.subresource()) {
      case "status" -> allowed(Set.of("patch", "update"), request);
      case "eviction" -> allowed(Set.of("create"), request);
      case "" ->
          switch (request.verb()) {
            case "get" -> related(request, node);
            case "list", "watch" ->
                selects(request, "spec.nodeName", node)
                    ? Decision.allow("")
                    : Decision.noOpinion(
                        "can only list/watch pods with spec.nodeName field selector");
            case "create", "delete" -> Decision.allow("");
            default -> Decision.NO_OPINION;
          };
      default -> Decision.NO_OPINION;
    };
  }

  private static Decision allowed(Set<String> verbs, Attributes request) {
    return verbs.contains(request.verb()) ? Decision.allow("") : Decision.NO_OPINION;
  }

  private static boolean selects(Attributes request, String field, String value) {
    return request.selectors().fields().stream()
        .anyMatch(one ->
            one.key().equals(field)
                && one.operator().equals("In")
                && one.values().equals(List.of(value)));
  }

  @Override
  public String rulesUnknown(User user) {
    return nodeOf(user).isEmpty() ? "" : "node authorizer does not support user rule resolution";
  }
}
