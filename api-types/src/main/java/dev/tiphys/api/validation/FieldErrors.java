package dev.tiphys.api.validation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with an object while it is validated. Not thread-safe. */
public final class FieldErrors {

  private final List<FieldError> errors = new ArrayList<>(0);

  /** Adds an error. */
  public void add(FieldError error) {
    errors.add(error);
  }

  /** Adds {@link FieldError#required}. */
  public void required(Path path, String detail) {
    add(FieldError.required(path, detail));
  }

  /** Adds {@link FieldError#invalid}. */
  public void invalid(Path path, @Nullable Object value, String detail) {
    add(FieldError.invalid(path, value, detail));
  }

  /** Adds {@link FieldError#invalid} once for each detail; none if the list is empty. */
  public void invalid(Path path, @Nullable Object value, List<String> details) {
    for (String detail : details) {
      invalid(path, value, detail);
    }
  }

  /** Adds {@link FieldError#notSupported}. */
  public void notSupported(Path path, @Nullable Object value, List<String> allowed) {
    add(FieldError.notSupported(path, value, allowed));
  }

  /** Adds {@link FieldError#duplicate}. */
  public void duplicate(Path path, @Nullable Object value) {
    add(FieldError.duplicate(path, value));
  }

  /** Adds {@link FieldError#forbidden}. */
  public void forbidden(Path path, String detail) {
    add(FieldError.forbidden(path, detail));
  }

  /** Adds {@link FieldError#notFound}. */
  public void notFound(Path path, @Nullable Object value) {
    add(FieldError.notFound(path, value));
  }

  /** Takes errors back. */
  public void removeIf(Predicate<FieldError> forgiven) {
    errors.removeIf(forgiven);
  }

  /** Whether nothing is wrong. */
  public boolean isEmpty() {
    return errors.isEmpty();
  }

  /** A copy of the errors, in the order in which they were found. */
  public List<FieldError> list() {
    return List.copyOf(errors);
  }

  /**
   * The errors as one text: nothing, the only one, or all in brackets; each text once. This is what
   * follows {@code is invalid:} in a Status message.
   */
  public String message() {
    return message(errors);
  }

  /** {@link #message()} of any errors. */
  public static String message(List<FieldError> errors) {
    Set<String> texts = new LinkedHashSet<>();
    for (FieldError error : errors) {
      texts.add(error.toString());
    }
    String joined = String.join(", ", texts);
    return texts.size() > 1 ? "[" + joined + "]" : joined;
  }

  @Override
  public String toString() {
    return message();
  }
}
