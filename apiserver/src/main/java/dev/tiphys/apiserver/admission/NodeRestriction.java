package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.authentication.v1.BoundObjectReference;
import dev.tiphys.api.authentication.v1.TokenRequest;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.authz.NodeAuthorizer;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A kubelet writes only its own Node, its own Lease, and Pods that are bound to its node. */
public final class NodeRestriction implements Admission {

  private static final String LEASE_NAMESPACE = "kube-node-lease";

  private final ClusterView view;

  /** Looks Pods up in a view. */
  public NodeRestriction(ClusterView view) {
    this.view = view;
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    String node = NodeAuthorizer.nodeOf(request.user());
    if (node.isEmpty()) {
      return;
    }
    if (request.isAbout("", "nodes")) {
      node(request, node, object, old);
    } else if (request.isAbout("", "pods")) {
      pod(request, node, object, old);
    } else if (request.isAbout("coordination.k8s.io", "leases")) {
      lease(request, node, object);
    } else if (request.subresource().equals("token")) {
      token(request, node, object);
    }
  }

  private static void node(
      Request request, String node, @Nullable ApiObject object, @Nullable ApiObject old) {
    String name =
        request.name().isEmpty() && object != null
            ? String.valueOf(object.metadata().name())
            : request.name();
    if (!name.equals(node)) {
      throw refused(
          request, "node \"" + node + "\" is not allowed to modify node \"" + name + "\"");
    }
    if (object instanceof Node changed
        && old instanceof Node present
        && changed.spec() != null
        && present.spec() != null
        && !changed.spec().taints().equals(present.spec().taints())) {
      throw refused(request, "node \"" + node + "\" is not allowed to modify taints");
    }
  }

  private static void pod(
      Request request, String node, @Nullable ApiObject object, @Nullable ApiObject old) {
    Pod pod = old instanceof Pod present ? present : object instanceof Pod made ? made : null;
    String bound = pod == null || pod.spec() == null ? null : pod.spec().nodeName();
    switch (request.operation()) {
      case CREATE -> {
        if (pod == null
            || !pod.metadata().annotations().containsKey("kubernetes.io/config.mirror")) {
          throw refused(
              request,
              "pod does not have \"kubernetes.io/config.mirror\" annotation, node \""
                  + node
                  + "\" can only create mirror pods");
        }
        if (!node.equals(bound)) {
          throw refused(
              request,
              "node \"" + node + "\" can only create pods with spec.nodeName set to itself");
        }
      }
      case UPDATE, DELETE -> {
        if (!node.equals(bound)) {
          throw refused(
              request,
              "node \""
                  + node
                  + "\" can only "
                  + (request.operation() == Operation.DELETE ? "delete" : "update status for")
                  + " pods with spec.nodeName set to itself");
        }
      }
      case CONNECT -> throw refused(request, "unexpected operation CONNECT");
    }
  }

  private static void lease(Request request, String node, @Nullable ApiObject object) {
    String name =
        request.name().isEmpty() && object != null
            ? String.valueOf(object.metadata().name())
            : request.name();
    if (!request.namespace().equals(LEASE_NAMESPACE) || !name.equals(node)) {
      throw refused(
          request, "can only access node lease with the same name as the requesting node");
    }
  }

  private void token(Request request, String node, @Nullable ApiObject object) {
    BoundObjectReference bound =
        object instanceof TokenRequest asked && asked.spec() != null
            ? asked.spec().boundObjectRef()
            : null;
    if (bound == null || !"Pod".equals(bound.kind()) || bound.name() == null) {
      throw refused(request, "node requested token not bound to a pod");
    }
    Pod pod = view.getFresh(Resources.PODS, request.namespace(), bound.name());
    if (pod == null
        || !Objects.equals(bound.uid(), pod.metadata().uid())
        || pod.spec() == null
        || !node.equals(pod.spec().nodeName())) {
      throw refused(request, "node requested token bound to a pod scheduled on a different node");
    }
  }

  private static ApiException refused(Request request, String why) {
    return ApiException.forbidden(
        request.type().group(), request.type().plural(), request.name(), why);
  }
}
