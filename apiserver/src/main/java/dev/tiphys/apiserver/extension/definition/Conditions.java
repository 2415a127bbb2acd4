package dev.tiphys.apiserver.extension.definition;

import dev.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionCondition;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The conditions of a definition. Pure. */
public final class Conditions {

  /** The names are not another definition's. */
  public static final String NAMES_ACCEPTED = "NamesAccepted";

  /** The objects are served. */
  public static final String ESTABLISHED = "Established";

  /** The definition is being deleted, with its objects. */
  public static final String TERMINATING = "Terminating";

  private Conditions() {}

  /** A condition, or null. */
  public static @Nullable CustomResourceDefinitionCondition find(
      CustomResourceDefinition crd, String type) {
    CustomResourceDefinitionStatus status = crd.status();
    if (status != null) {
      for (CustomResourceDefinitionCondition condition : status.conditions()) {
        if (type.equals(condition.type())) {
          return condition;
        }
      }
    }
    return null;
  }

  /** Whether a condition is there and True. */
  public static boolean isTrue(CustomResourceDefinition crd, String type) {
    CustomResourceDefinitionCondition condition = find(crd, type);
    return condition != null && "True".equals(condition.status());
  }

  /** The definition with a condition; the same instance if it says so already. */
  static CustomResourceDefinition with(
      CustomResourceDefinition crd,
      String type,
      boolean holds,
      String reason,
      String message,
      Instant now) {
    CustomResourceDefinitionCondition old = find(crd, type);
    String value = holds ? "True" : "False";
    boolean sameValue = old != null && value.equals(old.status());
    if (old != null && sameValue && reason.equals(old.reason()) && message.equals(old.message())) {
      return crd;
    }
    CustomResourceDefinitionCondition next =
        CustomResourceDefinitionCondition.builder()
            .type(type)
            .status(value)
            .lastTransitionTime(old != null && sameValue ? old.lastTransitionTime() : now)
            .reason(reason)
            .message(message)
            .build();
    CustomResourceDefinitionStatus status =
        crd.status() == null ? CustomResourceDefinitionStatus.EMPTY : crd.status();
    List<CustomResourceDefinitionCondition> conditions = new ArrayList<>(status.conditions());
    int place = old == null ? conditions.size() : conditions.indexOf(old);
    if (old == null) {
      conditions.add(next);
    } else {
      conditions.set(place, next);
    }
    return crd.withStatus(status.withConditions(conditions));
  }
}
