package dev.tiphys.apiserver.authz;

import dev.tiphys.api.authorization.v1.FieldSelectorAttributes;
import dev.tiphys.api.authorization.v1.LabelSelectorAttributes;
import dev.tiphys.api.selector.FieldSelector;
import dev.tiphys.api.selector.LabelRequirement;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which objects of a kind a request is about. What cannot be read is left out, so that the request
 * counts as one about more.
 *
 * @param fields all of which must hold
 * @param labels all of which must hold
 */
public record Selectors(List<Requirement> fields, List<Requirement> labels) {

  /** All objects. */
  public static final Selectors NONE = new Selectors(List.of(), List.of());

  private static final List<String> SETS = List.of("In", "NotIn");
  private static final List<String> PRESENCES = List.of("Exists", "DoesNotExist");

  /**
   * A requirement.
   *
   * @param operator {@code In}, {@code NotIn}, {@code Exists} or {@code DoesNotExist}
   */
  public record Requirement(String key, String operator, List<String> values) {}

  /** Copies the lists. */
  public Selectors {
    fields = List.copyOf(fields);
    labels = List.copyOf(labels);
  }

  /** As queries write them; empty for none. */
  public static Selectors parse(String fieldSelector, String labelSelector) {
    return fieldSelector.isEmpty() && labelSelector.isEmpty()
        ? NONE
        : new Selectors(fields(fieldSelector), labels(labelSelector));
  }

  private static List<Requirement> fields(String text) {
    try {
      return FieldSelector.parse(text).requirements().stream()
          .map(one ->
              new Requirement(one.field(), one.equal() ? "In" : "NotIn", List.of(one.value())))
          .toList();
    } catch (IllegalArgumentException _) {
      return List.of();
    }
  }

  private static List<Requirement> labels(String text) {
    try {
      List<Requirement> all = new ArrayList<>();
      for (LabelRequirement one : LabelSelectors.parse(text).requirements()) {
        String operator =
            switch (one.operator()) {
              case IN, EQUALS, DOUBLE_EQUALS -> "In";
              case NOT_IN, NOT_EQUALS -> "NotIn";
              case EXISTS -> "Exists";
              case DOES_NOT_EXIST -> "DoesNotExist";
              default -> "";
            };
        if (!operator.isEmpty()) {
          all.add(new Requirement(one.key(), operator, one.values()));
        }
      }
      return all;
    } catch (IllegalArgumentException _) {
      return List.of();
    }
  }

  /** As access reviews write them. */
  static Selectors of(
      @Nullable FieldSelectorAttributes fields, @Nullable LabelSelectorAttributes labels) {
    if (fields == null && labels == null) {
      return NONE;
    }
    List<Requirement> ofFields = new ArrayList<>();
    List<Requirement> ofLabels = new ArrayList<>();
    if (fields != null) {
      fields.requirements().forEach(one -> add(ofFields, one.key(), one.operator(), one.values()));
      ofFields.addAll(fields(text(fields.rawSelector())));
    }
    if (labels != null) {
      labels.requirements().forEach(one -> add(ofLabels, one.key(), one.operator(), one.values()));
      ofLabels.addAll(labels(text(labels.rawSelector())));
    }
    return new Selectors(ofFields, ofLabels);
  }

  private static void add(
      List<Requirement> into,
      @Nullable String key,
      @Nullable String operator,
      List<String> values) {
    if (SETS.contains(text(operator)) || PRESENCES.contains(text(operator))) {
      into.add(new Requirement(text(key), text(operator), values));
    }
  }

  /** Says what is wrong with those of an access review. */
  static void check(
      @Nullable FieldSelectorAttributes fields,
      @Nullable LabelSelectorAttributes labels,
      Path path,
      FieldErrors errors) {
    if (fields != null) {
      Path at = path.child("fieldSelector");
      check(text(fields.rawSelector()), fields.requirements().size(), at, errors);
      for (int i = 0; i < fields.requirements().size(); i++) {
        var one = fields.requirements().get(i);
        check(one.key(), one.operator(), one.values(), at.child("requirements").index(i), errors);
      }
    }
    if (labels != null) {
      Path at = path.child("labelSelector");
      check(text(labels.rawSelector()), labels.requirements().size(), at, errors);
      for (int i = 0; i < labels.requirements().size(); i++) {
        var one = labels.requirements().get(i);
        check(one.key(), one.operator(), one.values(), at.child("requirements").index(i), errors);
      }
    }
  }

  private static void check(String raw, int requirements, Path path, FieldErrors errors) {
    if (!raw.isEmpty() && requirements > 0) {
      errors.invalid(
          path.child("rawSelector"), raw, "may not specified at the same time as requirements");
    }
    if (raw.isEmpty() && requirements == 0) {
      errors.required(
          path.child("requirements"),
          "when " + path + " is specified, requirements or rawSelector is required");
    }
  }

  private static void check(
      @Nullable String key,
      @Nullable String operator,
      List<String> values,
      Path path,
      FieldErrors errors) {
    if (text(key).isEmpty()) {
      errors.required(path.child("key"), "must be specified");
    }
    if (SETS.contains(text(operator))) {
      if (values.isEmpty()) {
        errors.required(
            path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
      }
    } else if (PRESENCES.contains(text(operator))) {
      if (!values.isEmpty()) {
        errors.forbidden(
            path.child("values"),
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
      }
    } else {
      errors.invalid(path.child("operator"), text(operator), "not a valid selector operator");
    }
  }

  private static String text(@Nullable String value) {
    return Objects.requireNonNullElse(value, "");
  }
}
