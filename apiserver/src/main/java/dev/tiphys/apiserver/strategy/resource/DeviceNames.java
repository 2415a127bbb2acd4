package dev.tiphys.apiserver.strategy.resource;

import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.resource.v1.DeviceToleration;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How drivers, pools, devices and what is said of them are named. Pure. */
final class DeviceNames {

  private static final int LONGEST_POOL = 253;
  private static final int LONGEST_DRIVER = 63;
  private static final int LONGEST_IDENTIFIER = 32;
  private static final int MOST_BINDING_CONDITIONS = 4;
  private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final List<String> EFFECTS = List.of("NoExecute", "NoSchedule", "None");

  private DeviceNames() {}

  static void driver(@Nullable String name, Path path, FieldErrors errors) {
    if (!Checks.present(name, path, errors)) {
      return;
    }
    String text = String.valueOf(name);
    if (text.length() > LONGEST_DRIVER) {
      errors.add(FieldError.tooLong(path, LONGEST_DRIVER));
    }
    errors.invalid(path, text, DnsNames.subdomain(text.toLowerCase(Locale.ROOT)));
  }

  /** A pool is named by subdomains with slashes between. */
  static void pool(@Nullable String name, Path path, FieldErrors errors) {
    if (!Checks.present(name, path, errors)) {
      return;
    }
    String text = String.valueOf(name);
    if (text.length() > LONGEST_POOL) {
      errors.add(FieldError.tooLong(path, LONGEST_POOL));
    }
    for (String part : text.split("/", -1)) {
      errors.invalid(path, part, DnsNames.subdomain(part));
    }
  }

  static void device(@Nullable String name, Path path, FieldErrors errors) {
    String text = name == null ? "" : name;
    errors.invalid(path, text, DnsNames.label(text));
  }

  static void share(@Nullable String uid, Path path, FieldErrors errors) {
    if (uid != null && !uid.matches(UUID)) {
      errors.invalid(
          path,
          uid,
          "uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with"
              + " lowercase hexadecimal characters");
    }
  }

  /** An attribute or capacity: an identifier, of the slice's driver or behind another domain. */
  static void qualified(String name, Path path, FieldErrors errors) {
    String[] parts = name.split("/", -1);
    if (parts.length == 1) {
      identifier(parts[0], path, errors);
    } else if (parts.length == 2) {
      if (parts[0].isEmpty()) {
        errors.invalid(path, "", "the domain must not be empty");
      } else {
        driver(parts[0], path, errors);
      }
      if (parts[1].isEmpty()) {
        errors.invalid(path, "", "the name must not be empty");
      } else {
        identifier(parts[1], path, errors);
      }
    }
  }

  static void fullyQualified(String name, Path path, FieldErrors errors) {
    qualified(name, path, errors);
    if (!name.contains("/")) {
      errors.invalid(
          path, name, "a fully qualified name must be a domain and a name separated by a slash");
    }
  }

  private static void identifier(String name, Path path, FieldErrors errors) {
    if (name.length() > LONGEST_IDENTIFIER) {
      errors.add(FieldError.tooLong(path, LONGEST_IDENTIFIER));
    }
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      errors.invalid(
          path,
          name,
          "a valid C identifier must start with alphabetic character or '_', followed by a string"
              + " of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',"
              + " regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')");
    }
  }

  /** No two elements of a list have the same key. */
  static <T> void unique(List<T> list, Function<T, Object> key, Path path, FieldErrors errors) {
    Set<Object> seen = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      Object value = key.apply(list.get(i));
      if (!seen.add(value)) {
        errors.duplicate(path.index(i), value);
      }
    }
  }

  /** Conditions under which a pod may be bound to a device come with those under which not. */
  static void binding(List<String> good, List<String> bad, Path path, FieldErrors errors) {
    Path goods = path.child("bindingConditions");
    Path bads = path.child("bindingFailureConditions");
    conditions(good, goods, errors);
    conditions(bad, bads, errors);
    for (int i = 0; i < bad.size(); i++) {
      if (good.contains(bad.get(i))) {
        errors.invalid(
            bads.index(i),
            bad.get(i),
            "bindingFailureConditions must not overlap with bindingConditions");
      }
    }
    if (good.isEmpty() && !bad.isEmpty()) {
      errors.invalid(goods, good, "bindingConditions are required to use bindingFailureConditions");
    } else if (bad.isEmpty() && !good.isEmpty()) {
      errors.invalid(bads, bad, "bindingFailureConditions are required to use bindingConditions");
    }
  }

  private static void conditions(List<String> names, Path path, FieldErrors errors) {
    if (Checks.fits(names, MOST_BINDING_CONDITIONS, path, errors)) {
      for (int i = 0; i < names.size(); i++) {
        errors.invalid(path.index(i), names.get(i), LabelNames.key(names.get(i)));
      }
    }
    unique(names, name -> name, path, errors);
  }

  static void taint(
      @Nullable String stated, @Nullable String value, Path path, FieldErrors errors) {
    String key = stated == null ? "" : stated;
    errors.invalid(path.child("key"), key, LabelNames.key(key));
    if (value != null) {
      errors.invalid(path.child("value"), value, LabelNames.value(value));
    }
  }

  static void effect(@Nullable String effect, Path path, FieldErrors errors) {
    Checks.requiredOneOf(effect, EFFECTS, path, errors);
  }

  static void toleration(DeviceToleration toleration, Path path, FieldErrors errors) {
    if (toleration.key() != null && !toleration.key().isEmpty()) {
      errors.invalid(path.child("key"), toleration.key(), LabelNames.key(toleration.key()));
    }
    String value = toleration.value() == null ? "" : toleration.value();
    String operator = toleration.operator() == null ? "" : toleration.operator();
    switch (operator) {
      case "Exists" -> {
        if (!value.isEmpty()) {
          errors.invalid(path.child("value"), value, "must be empty for operator `Exists`");
        }
      }
      case "Equal" -> errors.invalid(path.child("value"), value, LabelNames.value(value));
      case "" -> errors.required(path.child("operator"), "");
      default -> errors.notSupported(path.child("operator"), operator, List.of("Equal", "Exists"));
    }
    if (toleration.effect() != null && !toleration.effect().isEmpty()) {
      Checks.oneOf(toleration.effect(), EFFECTS, path.child("effect"), errors);
    }
  }
}
