package dev.tiphys.scheduler.filter;

import dev.tiphys.api.core.v1.NodeSelectorRequirement;
import dev.tiphys.api.core.v1.NodeSelectorTerm;
import dev.tiphys.scheduler.state.NodeView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a node matches the terms of a node affinity. */
public final class NodeTerms {

  private NodeTerms() {}

  /** Whether all expressions and fields of a term hold; a term without any matches no node. */
  public static boolean matches(NodeSelectorTerm term, NodeView node) {
    if (term.matchExpressions().isEmpty() && term.matchFields().isEmpty()) {
      return false;
    }
    for (NodeSelectorRequirement expression : term.matchExpressions()) {
      if (!holds(expression, node.labels().get(expression.key()))) {
        return false;
      }
    }
    for (NodeSelectorRequirement field : term.matchFields()) {
      // The only field that the API lets terms name.
      if (!holds(field, "metadata.name".equals(field.key()) ? node.name() : null)) {
        return false;
      }
    }
    return true;
  }

  private static boolean holds(NodeSelectorRequirement requirement, @Nullable String value) {
    String operator = requirement.operator();
    List<String> values = requirement.values();
    return switch (operator == null ? "" : operator) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      case "Gt" -> compare(value, values) > 0;
      case "Lt" -> compare(value, values) < 0;
      default -> false;
    };
  }

  /** Compares as whole numbers; 0, which satisfies neither operator, if either is not one. */
  private static int compare(@Nullable String value, List<String> bound) {
    if (value == null || bound.size() != 1) {
      return 0;
    }
    try {
      return Long.compare(Long.parseLong(value), Long.parseLong(bound.getFirst()));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
