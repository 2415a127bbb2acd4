package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.NodeSpec;
import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.api.schema.ApiObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A new node takes no Pods until the node controller has seen that it is ready. */
public final class TaintNodesByCondition implements Admission {

  private static final String NOT_READY = "node.kubernetes.io/not-ready";

  @Override
  @SuppressWarnings("unchecked") // a Node is given back for a Node
  public <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
    if (request.operation() != Operation.CREATE || !(object instanceof Node node)) {
      return object;
    }
    NodeSpec spec = node.spec() == null ? NodeSpec.builder().build() : node.spec();
    if (spec.taints().stream()
        .anyMatch(t -> NOT_READY.equals(t.key()) && "NoSchedule".equals(t.effect()))) {
      return object;
    }
    List<Taint> taints = new ArrayList<>(spec.taints());
    taints.add(Taint.builder().key(NOT_READY).effect("NoSchedule").build());
    return (T) node.withSpec(spec.withTaints(taints));
  }
}
