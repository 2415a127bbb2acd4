package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.Map;
import java.util.stream.Stream;

/** What is wrong with annotations of pods that mean something to Kubernetes. Pure. */
public final class PodAnnotations {

  /** By it a kubelet says that a pod stands for one that it runs of itself. */
  public static final String MIRROR = "kubernetes.io/config.mirror";

  private static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";
  static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

  private PodAnnotations() {}

  static void validate(
      Map<String, String> annotations, PodSpec spec, Path path, FieldErrors errors) {
    if (annotations.isEmpty()) {
      return;
    }
    String mirror = annotations.get(MIRROR);
    if (mirror != null && (spec.nodeName() == null || spec.nodeName().isEmpty())) {
      errors.invalid(
          path.key(MIRROR), mirror, "must set spec.nodeName if mirror pod annotation is set");
    }
    String cost = annotations.get(DELETION_COST);
    if (cost != null && !isCost(cost)) {
      errors.invalid(path.key(DELETION_COST), cost, "must be a 32bit integer");
    }
    annotations.forEach((key, profile) -> {
      if (key.startsWith(APP_ARMOR)) {
        appArmor(key, profile, spec, path, errors);
      }
    });
  }

  /** A number as it is written: without a plus, without zeros before it. */
  private static boolean isCost(String text) {
    if (!text.matches("0|-?[1-9][0-9]{0,9}")) {
      return false;
    }
    long cost = Long.parseLong(text);
    return cost >= Integer.MIN_VALUE && cost <= Integer.MAX_VALUE;
  }

  private static void appArmor(
      String key, String profile, PodSpec spec, Path path, FieldErrors errors) {
    String container = key.substring(APP_ARMOR.length());
    boolean there =
        Stream.concat(spec.containers().stream(), spec.initContainers().stream())
                .anyMatch(c -> container.equals(c.name()))
            || spec.ephemeralContainers().stream().anyMatch(c -> container.equals(c.name()));
    if (!there) {
      errors.invalid(path.key(key), container, "container not found");
    }
    if (!profile.matches("|runtime/default|unconfined|localhost/.*")) {
      errors.invalid(path.key(key), profile, "invalid AppArmor profile name: \"" + profile + "\"");
    }
  }

  /** What an update may not do to them. */
  public static void validateUpdate(
      Map<String, String> annotations, Map<String, String> old, FieldErrors errors) {
    Path path = Path.of("metadata", "annotations");
    old.forEach((key, value) -> {
      if (!value.equals(annotations.get(key))) {
        if (key.startsWith(APP_ARMOR)) {
          errors.forbidden(path.key(key), "may not remove or update AppArmor annotations");
        } else if (key.equals(MIRROR)) {
          errors.forbidden(path.key(key), "may not remove or update mirror pod annotation");
        }
      }
    });
    for (String key : annotations.keySet()) {
      if (!old.containsKey(key) && key.startsWith(APP_ARMOR)) {
        errors.forbidden(path.key(key), "may not add AppArmor annotations");
      } else if (!old.containsKey(key) && key.equals(MIRROR)) {
        errors.forbidden(path.key(key), "may not add mirror pod annotation");
      }
    }
  }
}
