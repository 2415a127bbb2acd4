package dev.tiphys.api.validation;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.api.value.QuotedText;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One thing wrong with one field. {@link #toString} is the API's text, as {@code spec.replicas:
 * Invalid value: -1: must be greater than or equal to 0}; {@link #body} is the same without the
 * path, the message of a Status cause.
 *
 * @param type what kind of wrong
 * @param path the text of the field's {@link Path}
 * @param badValue what was found, or null; shown for the types that show it
 * @param detail what to change, possibly empty
 */
public record FieldError(Type type, String path, @Nullable Object badValue, String detail) {

  /** The kinds of errors, each with its text and the {@code reason} of its Status cause. */
  public enum Type {
    /** A value that must be there is not. */
    REQUIRED("Required value", "FieldValueRequired"),
    /** A value breaks a rule. */
    INVALID("Invalid value", "FieldValueInvalid"),
    /** A value is none of those allowed. */
    NOT_SUPPORTED("Unsupported value", "FieldValueNotSupported"),
    /** A value that must be unique is there already. */
    DUPLICATE("Duplicate value", "FieldValueDuplicate"),
    /** A value that is not allowed under present circumstances. */
    FORBIDDEN("Forbidden", "FieldValueForbidden"),
    /** A text with too many bytes. */
    TOO_LONG("Too long", "FieldValueTooLong"),
    /** A list or map with too many entries. */
    TOO_MANY("Too many", "FieldValueTooMany"),
    /** A value that names something that is not there. */
    NOT_FOUND("Not found", "FieldValueNotFound"),
    /** The server could not judge. */
    INTERNAL("Internal error", "InternalError"),
    /** A value of another type than its schema says. */
    TYPE_INVALID("Invalid value", "FieldValueTypeInvalid");

    private final String text;
    private final String reason;

    Type(String text, String reason) {
      this.text = text;
      this.reason = reason;
    }

    /** How messages begin. */
    public String text() {
      return text;
    }

    /** The {@code reason} of a Status cause. */
    public String reason() {
      return reason;
    }
  }

  /** In the place of a bad value that is too large to be shown. */
  public static final Object OMITTED = new Object();

  /** Detail of an update that changes what cannot change. */
  public static final String IMMUTABLE = "field is immutable";

  /** Detail of a negative number where none may be. */
  public static final String NEGATIVE = "must be greater than or equal to 0";

  /** A value that must be there is not. */
  public static FieldError required(Path path, String detail) {
    return new FieldError(Type.REQUIRED, path.toString(), null, detail);
  }

  /** A value breaks a rule. */
  public static FieldError invalid(Path path, @Nullable Object value, String detail) {
    return new FieldError(Type.INVALID, path.toString(), value, detail);
  }

  /** A value is none of those allowed, which are listed in the order given. */
  public static FieldError notSupported(Path path, @Nullable Object value, List<String> allowed) {
    String detail =
        allowed.isEmpty()
            ? ""
            : "supported values: "
                + allowed.stream().map(QuotedText::of).collect(Collectors.joining(", "));
    return new FieldError(Type.NOT_SUPPORTED, path.toString(), value, detail);
  }

  /** A value that must be unique is there already. */
  public static FieldError duplicate(Path path, @Nullable Object value) {
    return new FieldError(Type.DUPLICATE, path.toString(), value, "");
  }

  /** A value that is not allowed under present circumstances. */
  public static FieldError forbidden(Path path, String detail) {
    return new FieldError(Type.FORBIDDEN, path.toString(), null, detail);
  }

  /** A text with more bytes than allowed. */
  public static FieldError tooLong(Path path, int maxBytes) {
    String detail = "may not be more than " + maxBytes + (maxBytes == 1 ? " byte" : " bytes");
    return new FieldError(Type.TOO_LONG, path.toString(), null, detail);
  }

  /** A list or map with more entries than allowed. */
  public static FieldError tooMany(Path path, int actual, int max) {
    String detail = "must have at most " + max + (max == 1 ? " item" : " items");
    return new FieldError(Type.TOO_MANY, path.toString(), actual, detail);
  }

  /** A value that names something that is not there. */
  public static FieldError notFound(Path path, @Nullable Object value) {
    return new FieldError(Type.NOT_FOUND, path.toString(), value, "");
  }

  /** The server could not judge. */
  public static FieldError internal(Path path, String detail) {
    return new FieldError(Type.INTERNAL, path.toString(), null, detail);
  }

  /** A value of another type than its schema says. */
  public static FieldError typeInvalid(Path path, @Nullable Object value, String detail) {
    return new FieldError(Type.TYPE_INVALID, path.toString(), value, detail);
  }

  /** The text without the path. */
  public String body() {
    StringBuilder out = new StringBuilder(type.text());
    if (showsValue()) {
      out.append(": ");
      appendValue(out);
    }
    if (!detail.isEmpty()) {
      out.append(": ").append(detail);
    }
    return out.toString();
  }

  private boolean showsValue() {
    return switch (type) {
      case REQUIRED, FORBIDDEN, TOO_LONG, INTERNAL -> false;
      case INVALID, NOT_SUPPORTED, DUPLICATE, TOO_MANY, NOT_FOUND, TYPE_INVALID ->
          badValue != OMITTED;
    };
  }

  private void appendValue(StringBuilder out) {
    switch (badValue) {
      case null -> out.append("null");
      case String text -> QuotedText.appendTo(out, text);
      case Bytes bytes -> QuotedText.appendTo(out, bytes.toBase64());
      case Struct _, List<?> _, Map<?, ?> _, JsonTree _ ->
          out.append(JsonCodec.anyToString(badValue));
      default -> out.append(badValue);
    }
  }

  @Override
  public String toString() {
    return path + ": " + body();
  }
}
