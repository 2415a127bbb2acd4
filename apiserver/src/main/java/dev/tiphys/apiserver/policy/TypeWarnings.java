package dev.tiphys.apiserver.policy;

import dev.tiphys.api.admissionregistration.v1.ExpressionWarning;
import dev.tiphys.api.admissionregistration.v1.MatchResources;
import dev.tiphys.api.admissionregistration.v1.NamedRuleWithOperations;
import dev.tiphys.api.admissionregistration.v1.ParamKind;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicySpec;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.cel.PolicyTyping;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What does not fit in a policy's expressions, of the kinds that its rules name. Thread-safe. */
final class TypeWarnings {

  /** A policy may name very many kinds; its author learns most from the first. */
  private static final int MOST_KINDS = 10;

  private static final Comparator<GroupVersionKind> ORDER =
      Comparator.comparing(GroupVersionKind::group)
          .thenComparing(GroupVersionKind::version)
          .thenComparing(GroupVersionKind::kind);

  private final Endpoints endpoints;
  private final PolicyTyping typing;

  TypeWarnings(Endpoints endpoints, PolicyTyping typing) {
    this.endpoints = endpoints;
    this.typing = typing;
  }

  /** The warnings of a policy; none if its expressions fit, or its kinds are not known. */
  List<ExpressionWarning> of(ValidatingAdmissionPolicySpec spec) {
    Map<GroupVersionKind, PolicyTyping.Checker> checkers = new TreeMap<>(ORDER);
    StructType<?> params = params(spec.paramKind());
    kinds(spec.matchConstraints())
        .forEach((kind, type) ->
            checkers.put(kind, typing.checker(type.objectType().get(), params, spec.variables())));
    List<ExpressionWarning> warnings = new ArrayList<>();
    for (int i = 0; i < spec.validations().size(); i++) {
      Path at = Path.of("spec", "validations").index(i);
      add(checkers, spec.validations().get(i).expression(), at.child("expression"), warnings);
      add(
          checkers,
          spec.validations().get(i).messageExpression(),
          at.child("messageExpression"),
          warnings);
    }
    return warnings;
  }

  private static void add(
      Map<GroupVersionKind, PolicyTyping.Checker> checkers,
      @Nullable String text,
      Path path,
      List<ExpressionWarning> warnings) {
    if (text == null || text.isEmpty()) {
      return;
    }
    List<String> said = new ArrayList<>();
    checkers.forEach((kind, checker) -> {
      String fault = checker.fault(text);
      if (fault != null) {
        said.add(
            kind.group() + "/" + kind.version() + ", Kind=" + kind.kind() + ": " + fault + "\n");
      }
    });
    if (!said.isEmpty()) {
      warnings.add(
          ExpressionWarning.builder()
              .fieldRef(path.toString())
              .warning(String.join("\n", said))
              .build());
    }
  }

  private @Nullable StructType<?> params(@Nullable ParamKind kind) {
    if (kind == null) {
      return null;
    }
    Endpoint<?> endpoint = Params.endpointOf(endpoints, kind);
    return endpoint == null ? null : endpoint.type().objectType().get();
  }

  /** The kinds that rules name outright. */
  private Map<GroupVersionKind, ResourceType<?>> kinds(@Nullable MatchResources match) {
    Map<GroupVersionKind, ResourceType<?>> kinds = new TreeMap<>(ORDER);
    for (NamedRuleWithOperations rule :
        Objects.requireNonNullElse(match, MatchResources.EMPTY).resourceRules()) {
      if (anyOf(rule.apiGroups()) || anyOf(rule.apiVersions())) {
        continue;
      }
      for (String group : new TreeSet<>(rule.apiGroups())) {
        for (String version : new TreeSet<>(rule.apiVersions())) {
          for (String resource : new TreeSet<>(rule.resources())) {
            Endpoint<?> endpoint = endpoints.find(group, version, resource);
            if (endpoint != null && kinds.size() < MOST_KINDS) {
              kinds.put(endpoint.type().kind(), endpoint.type());
            }
          }
        }
      }
    }
    return kinds;
  }

  private static boolean anyOf(List<String> names) {
    return names.stream().anyMatch(name -> name.contains("*"));
  }
}
