package dev.tiphys.apiserver.strategy.scheduling;

import dev.tiphys.api.core.v1.Toleration;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.node.v1.RuntimeClass;
import dev.tiphys.api.scheduling.v1.PriorityClass;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.OldLabels;
import dev.tiphys.apiserver.strategy.ResourceNames;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The rules of PriorityClass and RuntimeClass. */
public final class ClassRules {

  /** The classes that the system itself has, with their values. */
  public static final Map<String, Integer> SYSTEM =
      Map.of("system-cluster-critical", 2_000_000_000, "system-node-critical", 2_000_001_000);

  private static final int HIGHEST_OF_USERS = 1_000_000_000;

  private ClassRules() {}

  /** The rules of PriorityClass. */
  public static Strategy<PriorityClass> priorities() {
    return KindRules.<PriorityClass>builder()
        .generations(true)
        .validate(ClassRules::validatePriority)
        .change((object, old, errors) -> {
          if (value(object) != value(old)) {
            errors.forbidden(Path.of("value"), "may not be changed in an update.");
          }
          Checks.immutable(
              object.preemptionPolicy(),
              old.preemptionPolicy(),
              Path.of("preemptionPolicy"),
              errors);
        })
        .build();
  }

  private static int value(PriorityClass object) {
    return Objects.requireNonNullElse(object.value(), 0);
  }

  private static void validatePriority(PriorityClass object, FieldErrors errors) {
    String name = String.valueOf(object.metadata().name());
    if (name.startsWith("system-")) {
      Integer known = SYSTEM.get(name);
      String fault = null;
      if (known == null) {
        fault = name + " is not a known system priority class";
      } else if (known != value(object)) {
        fault = "value of " + name + " PriorityClass must be " + known;
      } else if (Boolean.TRUE.equals(object.globalDefault())) {
        fault = "globalDefault of " + name + " PriorityClass must be false";
      }
      if (fault != null) {
        errors.forbidden(
            Path.of("metadata", "name"),
            "priority class names with 'system-' prefix are reserved for system use only. error: "
                + fault);
      }
    } else if (value(object) > HIGHEST_OF_USERS) {
      errors.forbidden(
          Path.of("value"),
          "maximum allowed value of a user defined priority is " + HIGHEST_OF_USERS);
    }
    Checks.oneOf(
        object.preemptionPolicy(),
        List.of("Never", "PreemptLowerPriority"),
        Path.of("preemptionPolicy"),
        errors);
  }

  /** The rules of RuntimeClass. */
  public static Strategy<RuntimeClass> runtimes() {
    return KindRules.<RuntimeClass>builder()
        .validate((object, errors) -> {
          Checks.label(object.handler(), Path.of("handler"), errors);
          if (object.overhead() != null) {
            Path limits = Path.of("overhead", "limits");
            object
                .overhead()
                .podFixed()
                .forEach((name, amount) -> {
                  ResourceNames.checkOfContainers(name, limits.key(name), errors);
                  ResourceNames.checkAmount(name, amount, limits.key(name), errors);
                });
          }
          if (object.scheduling() != null) {
            Checks.labels(
                object.scheduling().nodeSelector(), Path.of("scheduling", "nodeSelector"), errors);
            validateTolerations(object.scheduling().tolerations(), errors);
          }
        })
        .change((object, old, errors) ->
            Checks.immutable(object.handler(), old.handler(), Path.of("handler"), errors))
        .warnings((object, old) ->
            object.scheduling() == null
                ? List.of()
                : object.scheduling().nodeSelector().keySet().stream()
                    .filter(label -> OldLabels.of(label) != null)
                    .map(label -> "scheduling.nodeSelector: " + OldLabels.of(label))
                    .toList())
        .build();
  }

  private static void validateTolerations(List<Toleration> tolerations, FieldErrors errors) {
    Path path = Path.of("scheduling", "tolerations");
    Set<Toleration> seen = new HashSet<>();
    for (int i = 0; i < tolerations.size(); i++) {
      Toleration toleration = tolerations.get(i);
      String key = toleration.key() == null ? "" : toleration.key();
      if (!key.isEmpty()) {
        errors.invalid(path.index(i).child("key"), key, LabelNames.key(key));
      } else if (!"Exists".equals(toleration.operator())) {
        errors.invalid(
            path.index(i).child("operator"),
            toleration.operator() == null ? "" : toleration.operator(),
            "operator must be Exists when `key` is empty, which means \"match all values and all"
                + " keys\"");
      }
      if (!seen.add(toleration)) {
        errors.duplicate(path.index(i), toleration);
      }
    }
  }
}
