package dev.tiphys.apiserver.request;

import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.List;

/**
 * What a create, update or patch asks for besides the object.
 *
 * @param dryRun whether nothing is to be stored
 * @param fieldManager as given or, if absent, the start of the user agent; never empty
 * @param fieldValidation what unknown and duplicate fields cause
 * @param force whether an apply takes fields from their owners
 */
public record WriteOptions(
    boolean dryRun, String fieldManager, FieldValidation fieldValidation, boolean force) {

  private static final int MAX_FIELD_MANAGER = 128;

  /** What unknown and duplicate fields cause. */
  public enum FieldValidation {
    /** Nothing; they are dropped. */
    IGNORE,
    /** A warning; they are dropped. */
    WARN,
    /** An error. */
    STRICT
  }

  /** Which request the options belong to, and so how errors name them. */
  public enum Kind {
    /** POST. */
    CREATE("CreateOptions"),
    /** PUT. */
    UPDATE("UpdateOptions"),
    /** PATCH other than apply. */
    PATCH("PatchOptions"),
    /** PATCH that applies. */
    APPLY("PatchOptions");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  /**
   * Reads the query.
   *
   * @param userAgent names the manager where the query does not; may be empty
   * @throws ApiException if a value is none that is allowed
   */
  public static WriteOptions of(Query query, Kind kind, String userAgent) {
    FieldErrors errors = new FieldErrors();
    validateDryRun(query.all("dryRun"), errors);
    String manager = query.first("fieldManager");
    validateManager(manager, errors);
    boolean force = query.flag("force");
    if (kind == Kind.APPLY && manager.isEmpty()) {
      errors.required(Path.of("fieldManager"), "is required for apply patch");
    }
    if (kind == Kind.PATCH && query.has("force")) {
      errors.forbidden(Path.of("force"), "may not be specified for non-apply patch");
    }
    FieldValidation validation = fieldValidation(query.first("fieldValidation"), errors);
    if (!errors.isEmpty()) {
      throw ApiException.invalid("meta.k8s.io", kind.text, "", errors.list());
    }
    return new WriteOptions(
        !query.all("dryRun").isEmpty(),
        manager.isEmpty() ? managerOf(userAgent) : manager,
        validation,
        force);
  }

  static void validateDryRun(List<String> dryRun, FieldErrors errors) {
    for (String value : dryRun) {
      if (!value.equals("All")) {
        errors.notSupported(Path.of("dryRun"), value, List.of("All"));
      }
    }
  }

  private static void validateManager(String manager, FieldErrors errors) {
    Path path = Path.of("fieldManager");
    if (manager.length() > MAX_FIELD_MANAGER) {
      errors.add(FieldError.tooLong(path, MAX_FIELD_MANAGER));
    }
    for (int i = 0; i < manager.length(); i++) {
      if (Character.isISOControl(manager.charAt(i))) {
        errors.invalid(path, manager, "should only contain printable characters");
        return;
      }
    }
  }

  private static FieldValidation fieldValidation(String value, FieldErrors errors) {
    return switch (value) {
      // Upstream's default since 1.27 (KEP-2885).
      case "", "Warn" -> FieldValidation.WARN;
      case "Ignore" -> FieldValidation.IGNORE;
      case "Strict" -> FieldValidation.STRICT;
      default -> {
        errors.notSupported(
            Path.of("fieldValidation"), value, List.of("", "Ignore", "Strict", "Warn"));
        yield FieldValidation.WARN;
      }
    };
  }

  /** The manager of a client that does not name one: its user agent up to the first slash. */
  static String managerOf(String userAgent) {
    int slash = userAgent.indexOf('/');
    String name = slash < 0 ? userAgent : userAgent.substring(0, slash);
    StringBuilder printable = new StringBuilder(Math.min(name.length(), MAX_FIELD_MANAGER));
    for (int i = 0; i < name.length() && printable.length() < MAX_FIELD_MANAGER; i++) {
      if (!Character.isISOControl(name.charAt(i))) {
        printable.append(name.charAt(i));
      }
    }
    return printable.isEmpty() ? "unknown" : printable.toString();
  }
}
