package dev.tiphys.api.codec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A document that cannot be decoded: always its sender's fault. The message is the API's text,
 * ready to stand in a Status behind {@code … cannot be handled as a Deployment: }.
 */
public final class DecodeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What is wrong with the document. */
  public enum Reason {
    /** It is not well formed. */
    SYNTAX,
    /** A value has another type than its field. */
    TYPE,
    /** It has unknown or duplicate fields and was decoded strictly. */
    STRICT,
    /** It is larger or deeper than allowed. */
    LIMIT
  }

  private final Reason reason;
  private final long offset;
  private final transient List<String> findings;

  private DecodeException(
      Reason reason,
      String message,
      long offset,
      List<String> findings,
      @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.offset = offset;
    this.findings = findings;
  }

  static DecodeException syntax(String message, long offset, @Nullable Throwable cause) {
    return new DecodeException(Reason.SYNTAX, message, offset, List.of(), cause);
  }

  static DecodeException type(String message, long offset) {
    return new DecodeException(Reason.TYPE, message, offset, List.of(), null);
  }

  static DecodeException limit(String message) {
    return new DecodeException(Reason.LIMIT, message, -1, List.of(), null);
  }

  /** Unknown and duplicate fields, found by decoding or by a patch, as one error. */
  public static DecodeException strict(List<String> findings) {
    return new DecodeException(
        Reason.STRICT,
        "strict decoding error: " + String.join(", ", findings),
        -1,
        List.copyOf(findings),
        null);
  }

  DecodeException withMessage(String message) {
    return new DecodeException(reason, message, offset, findings, getCause());
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }

  /** Where, in bytes from the start of the JSON document; -1 if unknown. */
  public long offset() {
    return offset;
  }

  /** For {@link Reason#STRICT}: each unknown or duplicate field. */
  public List<String> findings() {
    return findings;
  }
}
