package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds the pods of a namespace to the levels of the Pod Security Standards that its labels name:
 * one is enforced, one warned of, one noted in the audit event. What makes pods of a template is
 * warned and noted only, for its pods are judged when they come. A namespace whose enforced level
 * becomes stricter is told which of its pods would not have been let in.
 */
public final class PodSecurity implements Admission {

  private static final int MOST_PODS = 3000;

  private static final String EXEMPT = PodSecurityPolicy.PREFIX + "exempt";

  private final ClusterView view;
  private final PodSecuritySettings settings;

  /** Looks namespaces up in a view. */
  public PodSecurity(ClusterView view, PodSecuritySettings settings) {
    this.view = view;
    this.settings = settings;
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (request.operation() != Operation.CREATE && request.operation() != Operation.UPDATE) {
      return;
    }
    if (object instanceof Namespace namespace && request.subresource().isEmpty()) {
      validate(request, namespace, old instanceof Namespace before ? before : null);
      return;
    }
    boolean whole =
        request.subresource().isEmpty() || request.subresource().equals("ephemeralcontainers");
    PodSpec spec = whole && object != null ? PodTemplates.specOf(object) : null;
    if (object == null || spec == null || (old != null && spec.equals(PodTemplates.specOf(old)))) {
      return;
    }
    String exempt = exempt(request, spec);
    if (!exempt.isEmpty()) {
      request.annotations().accept(EXEMPT, exempt);
      return;
    }
    Namespace namespace = view.get(Resources.NAMESPACES, "", request.namespace());
    PodSecurityPolicy policy =
        PodSecurityPolicy.of(
            namespace == null ? Map.of() : namespace.metadata().labels(), settings.defaults());
    PodSecurityFacts facts = PodSecurityFacts.of(PodTemplates.annotationsOf(object), spec);
    if (object instanceof Pod pod) {
      request
          .annotations()
          .accept(PodSecurityPolicy.PREFIX + "enforce-policy", policy.enforce().text());
      audit(request, policy, facts);
      enforce(pod, policy.enforce(), facts);
    } else {
      audit(request, policy, facts);
    }
    List<String> faults = policy.warn().faults(facts);
    if (!faults.isEmpty()) {
      request.warnings().accept("would violate " + violation(policy.warn(), faults));
    }
  }

  private String exempt(Request request, PodSpec spec) {
    if (settings.namespaces().contains(request.namespace())) {
      return "namespace";
    }
    if (settings.users().contains(request.user().name())) {
      return "user";
    }
    String runtime = spec.runtimeClassName();
    return runtime != null && settings.runtimeClasses().contains(runtime) ? "runtimeClass" : "";
  }

  private static void audit(Request request, PodSecurityPolicy policy, PodSecurityFacts pod) {
    List<String> faults = policy.audit().faults(pod);
    if (!faults.isEmpty()) {
      request
          .annotations()
          .accept(
              PodSecurityPolicy.PREFIX + "audit-violations",
              "would violate " + violation(policy.audit(), faults));
    }
  }

  private static void enforce(Pod pod, PodSecurityPolicy.Mode mode, PodSecurityFacts facts) {
    List<String> faults = mode.faults(facts);
    if (!faults.isEmpty()) {
      throw ApiException.forbidden(
          "",
          "pods",
          Objects.requireNonNullElse(pod.metadata().name(), ""),
          "violates " + violation(mode, faults));
    }
  }

  private static String violation(PodSecurityPolicy.Mode mode, List<String> faults) {
    return "PodSecurity \"" + mode.text() + "\": " + String.join(", ", faults);
  }

  private void validate(Request request, Namespace namespace, @Nullable Namespace old) {
    Map<String, String> before = old == null ? Map.of() : old.metadata().labels();
    Map<String, String> labels = namespace.metadata().labels();
    FieldErrors errors = new FieldErrors();
    labels.forEach((label, value) -> {
      if (label.startsWith(PodSecurityPolicy.PREFIX) && !value.equals(before.get(label))) {
        validate(label, value, errors);
      }
    });
    if (!errors.isEmpty()) {
      throw ApiException.invalid("", "Namespace", request.name(), errors.list());
    }
    String name = String.valueOf(namespace.metadata().name());
    PodSecurityPolicy.Mode enforced = PodSecurityPolicy.of(labels, settings.defaults()).enforce();
    PodSecurityPolicy.Mode was = PodSecurityPolicy.of(before, settings.defaults()).enforce();
    if (old != null && enforced.isStricterThan(was) && !settings.namespaces().contains(name)) {
      tellOfPods(request, name, enforced);
    }
  }

  private static void validate(String label, String value, FieldErrors errors) {
    String name = label.substring(PodSecurityPolicy.PREFIX.length());
    Path path = Path.of("metadata", "labels").key(label);
    switch (name) {
      case "enforce", "warn", "audit" -> {
        if (!PodSecurityPolicy.LEVELS.contains(value)) {
          errors.invalid(
              path, value, "must be one of " + String.join(", ", PodSecurityPolicy.LEVELS));
        }
      }
      case "enforce-version", "warn-version", "audit-version" -> {
        if (!PodSecuritySettings.isVersion(value)) {
          errors.invalid(path, value, "must be \"latest\" or \"v1.x\"");
        }
      }
      default -> {
        // Labels that later versions may know.
      }
    }
  }

  /** Pods that break the rules in the same way are told of together, by the first of them. */
  private void tellOfPods(Request request, String namespace, PodSecurityPolicy.Mode mode) {
    Map<String, List<String>> byFaults = new LinkedHashMap<>();
    view.listFresh(Resources.PODS, namespace).stream()
        .limit(MOST_PODS)
        .forEach(pod -> {
          List<String> faults =
              mode.faults(
                  PodSecurityFacts.of(
                      pod.metadata().annotations(),
                      Objects.requireNonNullElse(pod.spec(), PodSpec.EMPTY)));
          if (!faults.isEmpty()) {
            byFaults
                .computeIfAbsent(String.join(", ", titles(faults)), _ -> new ArrayList<>())
                .add(String.valueOf(pod.metadata().name()));
          }
        });
    if (byFaults.isEmpty()) {
      return;
    }
    request
        .warnings()
        .accept(
            "existing pods in namespace \""
                + namespace
                + "\" violate the new PodSecurity enforce level \""
                + mode.text()
                + "\"");
    byFaults.forEach((faults, pods) -> request.warnings().accept(names(pods) + ": " + faults));
  }

  private static String names(List<String> pods) {
    int others = pods.size() - 1;
    return pods.getFirst()
        + (others == 0 ? "" : " (and " + others + (others == 1 ? " other pod)" : " other pods)"));
  }

  private static List<String> titles(List<String> faults) {
    return faults.stream().map(fault -> fault.replaceFirst(" \\(.*$", "")).toList();
  }
}
