package dev.tiphys.apiserver.cel;

import dev.tiphys.api.apiextensions.v1.ValidationRule;
import dev.tiphys.api.schema.Field.ListKind;
import dev.tiphys.api.schema.TreeSchema;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.extension.schema.JsonPathQuery;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether rules stand where they can work, and say of failures what can be said. */
final class RulePlaces {

  private static final List<String> REASONS =
      List.of(
          "FieldValueRequired", "FieldValueForbidden", "FieldValueInvalid", "FieldValueDuplicate");

  private RulePlaces() {}

  static void check(TreeSchema schema, Path path, FieldErrors errors) {
    check(schema, path, null, errors);
  }

  /**
   * Looks at a place and all below.
   *
   * @param uncorrelated the list whose elements cannot be told apart, above; or null
   */
  private static void check(
      TreeSchema schema, Path path, @Nullable Path uncorrelated, FieldErrors errors) {
    if (schema == TreeSchema.ANYTHING) {
      return;
    }
    List<ValidationRule> rules = schema.source().xKubernetesValidations();
    for (int i = 0; i < rules.size(); i++) {
      rule(schema, rules.get(i), path.child("x-kubernetes-validations").index(i), errors);
      String text = String.valueOf(rules.get(i).rule());
      if (uncorrelated != null && text.matches("(?s).*\\boldSelf\\b.*")) {
        errors.invalid(
            path.child("x-kubernetes-validations").index(i).child("rule"),
            text,
            "oldSelf cannot be used on the uncorrelatable portion of the schema within "
                + uncorrelated);
      }
    }
    schema
        .properties()
        .forEach((name, property) ->
            check(property, path.child("properties").key(name), uncorrelated, errors));
    TreeSchema items = schema.items();
    if (items != null) {
      Path here = schema.listKind() == ListKind.MAP ? null : path;
      check(items, path.child("items"), uncorrelated == null ? here : uncorrelated, errors);
    }
    TreeSchema additional = schema.additional();
    if (additional != null) {
      check(additional, path.child("additionalProperties"), uncorrelated, errors);
    }
  }

  private static void rule(TreeSchema schema, ValidationRule rule, Path at, FieldErrors errors) {
    String message = rule.message();
    if (message != null && message.isBlank()) {
      errors.invalid(at.child("message"), message, "message must be non-empty if specified");
    } else if (message != null && message.strip().contains("\n")) {
      errors.invalid(at.child("message"), message, "message must not contain line breaks");
    } else if (message == null && String.valueOf(rule.rule()).strip().contains("\n")) {
      errors.required(
          at.child("message"), "message must be specified if rule contains line breaks");
    }
    String reason = rule.reason();
    if (reason != null && !REASONS.contains(reason)) {
      errors.notSupported(at.child("reason"), reason, REASONS);
    }
    String below = rule.fieldPath();
    if (below != null && !below.isEmpty()) {
      fieldPath(schema, below, at.child("fieldPath"), errors);
    }
  }

  private static void fieldPath(TreeSchema schema, String below, Path at, FieldErrors errors) {
    List<String> names;
    try {
      names = JsonPathQuery.parse(below).fields();
    } catch (IllegalArgumentException e) {
      errors.invalid(at, below, "fieldPath must be a valid path: " + e.getMessage());
      return;
    }
    TreeSchema place = schema;
    for (String name : names == null ? List.<String>of() : names) {
      TreeSchema next = place == null ? null : place.properties().get(name);
      place = next == null && place != null ? place.additional() : next;
    }
    if (names == null || place == null) {
      errors.invalid(at, below, "fieldPath must be a valid path: does not refer to a valid field");
    }
  }
}
