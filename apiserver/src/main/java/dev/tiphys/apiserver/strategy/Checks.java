package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.LabelSelectorRequirement;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.IntOrString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rules that many kinds share, each said once, with the API's words. Every method adds what is
 * wrong to the errors that it is given. Pure otherwise.
 */
public final class Checks {

  private static final String POD_TEMPLATE = "io.k8s.api.core.v1.PodTemplateSpec";

  private static final String HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";

  private Checks() {}

  /** Whether a text is there; else says that it must be. */
  public static boolean present(@Nullable String value, Path path, FieldErrors errors) {
    if (value == null || value.isEmpty()) {
      errors.required(path, "");
      return false;
    }
    return true;
  }

  /** A count is not negative. */
  public static void notNegative(@Nullable Number value, Path path, FieldErrors errors) {
    if (value != null && value.longValue() < 0) {
      errors.invalid(path, value, FieldError.NEGATIVE);
    }
  }

  /** No number of a status is negative. */
  public static void counts(Struct status, Path path, FieldErrors errors) {
    for (Field field : status.structType().fields()) {
      if (status.get(field.index()) instanceof Number number
          && (number instanceof Integer || number instanceof Long)) {
        notNegative(number, path.child(field.name()), errors);
      }
    }
  }

  /**
   * A part is not larger than the whole; absent is 0.
   *
   * @param whole as messages name it
   */
  public static void partOf(
      @Nullable Integer part, @Nullable Integer all, String whole, Path path, FieldErrors errors) {
    int number = Objects.requireNonNullElse(part, 0);
    if (number > Objects.requireNonNullElse(all, 0)) {
      errors.invalid(path, number, "cannot be greater than " + whole);
    }
  }

  /** A count that is only ever raised. */
  public static void notDecremented(
      @Nullable Integer count, @Nullable Integer old, Path path, FieldErrors errors) {
    if (old != null && (count == null || count < old)) {
      errors.invalid(path, Objects.requireNonNullElse(count, 0), "cannot be decremented");
    }
  }

  /** A count is 1 or more. */
  public static void positive(@Nullable Number value, Path path, FieldErrors errors) {
    if (value != null && value.longValue() <= 0) {
      errors.invalid(path, value, "must be greater than 0");
    }
  }

  /** A number lies within bounds, both included. */
  public static void within(
      @Nullable Number value, long least, long most, Path path, FieldErrors errors) {
    if (value != null) {
      errors.invalid(path, value, FieldNames.inRange(value.longValue(), least, most));
    }
  }

  /** A text that is set is one of a few, which are told in the order given. */
  public static void oneOf(
      @Nullable String value, List<String> allowed, Path path, FieldErrors errors) {
    if (value != null && !allowed.contains(value)) {
      errors.notSupported(path, value, allowed);
    }
  }

  /** A text is set and is one of a few. */
  public static void requiredOneOf(
      @Nullable String value, List<String> allowed, Path path, FieldErrors errors) {
    if (present(value, path, errors)) {
      oneOf(value, allowed, path, errors);
    }
  }

  /** A name is set and a DNS subdomain. */
  public static void subdomain(@Nullable String value, Path path, FieldErrors errors) {
    if (present(value, path, errors)) {
      errors.invalid(path, value, DnsNames.subdomain(String.valueOf(value)));
    }
  }

  /** A name is set and a DNS label. */
  public static void label(@Nullable String value, Path path, FieldErrors errors) {
    if (present(value, path, errors)) {
      errors.invalid(path, value, DnsNames.label(String.valueOf(value)));
    }
  }

  /** A name is set and qualified as label keys are. */
  public static void qualifiedName(@Nullable String value, Path path, FieldErrors errors) {
    if (present(value, path, errors)) {
      errors.invalid(path, value, LabelNames.key(String.valueOf(value)));
    }
  }

  /** A name is set and is a domain and a path: {@code example.com/controller}. */
  public static void prefixedPath(@Nullable String value, Path path, FieldErrors errors) {
    if (!present(value, path, errors)) {
      return;
    }
    String text = String.valueOf(value);
    int slash = text.indexOf('/');
    if (slash <= 0 || slash == text.length() - 1) {
      errors.invalid(path, text, "must be a domain-prefixed path (such as \"acme.io/foo\")");
      return;
    }
    String host = text.substring(0, slash);
    errors.invalid(path, host, DnsNames.subdomain(host));
    String rest = text.substring(slash + 1);
    if (!rest.matches(HTTP_PATH)) {
      errors.invalid(path, rest, "Invalid path (regex used for validation is '" + HTTP_PATH + "')");
    }
  }

  /** A list has no more elements than a bound. */
  public static boolean fits(List<?> list, int most, Path path, FieldErrors errors) {
    if (list.size() > most) {
      errors.add(FieldError.tooMany(path, list.size(), most));
      return false;
    }
    return true;
  }

  /** A text has no more bytes than a bound. */
  public static void notLonger(@Nullable String text, int bytes, Path path, FieldErrors errors) {
    if (text != null && text.getBytes(StandardCharsets.UTF_8).length > bytes) {
      errors.add(FieldError.tooLong(path, bytes));
    }
  }

  /** Says when the name of what makes pods makes no good name of a pod's host; else null. */
  public static @Nullable String podNameWarning(@Nullable String name) {
    List<String> faults = name == null ? List.of() : DnsNames.label(name);
    return faults.isEmpty()
        ? null
        : "metadata.name: this is used in Pod names and hostnames, which can result in surprising"
            + " behavior; a DNS label is recommended: ["
            + String.join(" ", faults)
            + "]";
  }

  /** A field is what it was. */
  public static void immutable(
      @Nullable Object value, @Nullable Object old, Path path, FieldErrors errors) {
    if (!Objects.equals(value, old)) {
      errors.invalid(path, value, FieldError.IMMUTABLE);
    }
  }

  /** Keys and values of labels. */
  public static void labels(Map<String, String> labels, Path path, FieldErrors errors) {
    labels.forEach((key, value) -> {
      errors.invalid(path, key, LabelNames.key(key));
      errors.invalid(path, value, LabelNames.value(value));
    });
  }

  /** A selector's syntax; an absent one is fine. */
  public static void selector(@Nullable LabelSelector selector, Path path, FieldErrors errors) {
    if (selector == null) {
      return;
    }
    labels(selector.matchLabels(), path.child("matchLabels"), errors);
    for (int i = 0; i < selector.matchExpressions().size(); i++) {
      LabelSelectorRequirement term = selector.matchExpressions().get(i);
      Path at = path.child("matchExpressions").index(i);
      switch (String.valueOf(term.operator())) {
        case "In", "NotIn" -> {
          if (term.values().isEmpty()) {
            errors.required(
                at.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
          }
        }
        case "Exists", "DoesNotExist" -> {
          if (!term.values().isEmpty()) {
            errors.forbidden(
                at.child("values"),
                "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
          }
        }
        default ->
            errors.invalid(at.child("operator"), term.operator(), "not a valid selector operator");
      }
      String key = term.key() == null ? "" : term.key();
      errors.invalid(at.child("key"), key, LabelNames.key(key));
      for (int j = 0; j < term.values().size(); j++) {
        String value = term.values().get(j);
        errors.invalid(at.child("values").index(j), value, LabelNames.value(value));
      }
    }
  }

  /** Whether a selector selects everything. */
  public static boolean isEmpty(LabelSelector selector) {
    return selector.matchLabels().isEmpty() && selector.matchExpressions().isEmpty();
  }

  /**
   * A number that is not negative, or a percentage.
   *
   * @param bounded whether more than 100% makes no sense
   */
  public static void share(
      @Nullable IntOrString share, boolean bounded, Path path, FieldErrors errors) {
    if (share == null) {
      return;
    }
    if (share.number() != null) {
      notNegative(share.number(), path, errors);
      return;
    }
    String text = share.toString();
    List<String> faults = FieldNames.percent(text);
    errors.invalid(path, text, faults);
    if (faults.isEmpty() && bounded && text.length() > 3 && !text.equals("100%")) {
      errors.invalid(path, text, "must not be greater than 100%");
    }
  }

  /** Whether a share is nothing at all. */
  public static boolean isZero(@Nullable IntOrString share) {
    return share == null || share.toString().matches("0+%?");
  }

  /**
   * Every text within a struct whose values are listed in the API's description is one of them. Pod
   * templates are left to their own rules.
   */
  public static void enums(@Nullable Struct struct, Path path, FieldErrors errors) {
    if (struct == null || struct.structType().name().equals(POD_TEMPLATE)) {
      return;
    }
    for (Field field : struct.structType().fields()) {
      Object value = struct.get(field.index());
      if (value != null) {
        enums(field, field.type(), value, path.child(field.name()), errors);
      }
    }
  }

  private static void enums(
      Field field, FieldType type, Object value, Path path, FieldErrors errors) {
    switch (type) {
      case FieldType.Scalar _ -> {
        if (!field.enumValues().isEmpty() && value instanceof String text) {
          oneOf(text, field.enumValues().stream().sorted().toList(), path, errors);
        }
      }
      case FieldType.StructRef _ -> enums((Struct) value, path, errors);
      case FieldType.ListOf list -> {
        List<?> elements = (List<?>) value;
        for (int i = 0; i < elements.size(); i++) {
          enums(
              field,
              list.element(),
              Objects.requireNonNull(elements.get(i)),
              path.index(i),
              errors);
        }
      }
      case FieldType.MapOf _, FieldType.Tree _ -> {
        // No map of the API has values of which only some are allowed; trees have schemas.
      }
    }
  }
}
