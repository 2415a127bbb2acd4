package dev.tiphys.api.codec;

/**
 * How to treat what a schema does not know.
 *
 * @param strictness of unknown and duplicate fields
 * @param maxBytes the longest document
 */
public record DecodeOptions(Strictness strictness, int maxBytes) {

  /** The {@code fieldValidation} of a request. */
  public enum Strictness {
    /** Unknown fields are dropped, of duplicate fields the last counts. */
    IGNORE,
    /** As {@link #IGNORE}, but told in {@link Decoded#warnings()}. */
    WARN,
    /** Unknown and duplicate fields are errors. */
    STRICT
  }

  /** Drop unknown fields silently: for what a server of ours or a store sent. */
  public static final DecodeOptions LENIENT =
      new DecodeOptions(Strictness.IGNORE, Limits.MAX_BYTES);

  /** Drop unknown fields and tell. */
  public static final DecodeOptions WARN = new DecodeOptions(Strictness.WARN, Limits.MAX_BYTES);

  /** Refuse unknown fields. */
  public static final DecodeOptions STRICT = new DecodeOptions(Strictness.STRICT, Limits.MAX_BYTES);

  /** The same with another longest document. */
  public DecodeOptions withMaxBytes(int maxBytes) {
    return new DecodeOptions(strictness, maxBytes);
  }
}
