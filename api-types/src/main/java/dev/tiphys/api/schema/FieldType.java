package dev.tiphys.api.schema;

import java.util.function.Supplier;

/**
 * The type of a field, and with it the Java type of its value:
 *
 * <ul>
 *   <li>{@link Scalar}: see there
 *   <li>{@link StructRef}: a {@link Struct}
 *   <li>{@link ListOf}: an unmodifiable {@link java.util.List}, never null
 *   <li>{@link MapOf}: an unmodifiable {@link java.util.Map} from String, never null
 *   <li>{@link Tree}: a {@link dev.tiphys.api.codec.JsonTree}
 * </ul>
 */
public sealed interface FieldType {

  /** Types without structure, with the Java type that carries each. */
  enum Scalar implements FieldType {
    /** {@link String}. */
    STRING,
    /** {@link Boolean}. */
    BOOL,
    /** {@link Integer}. */
    INT32,
    /** {@link Long}. */
    INT64,
    /** {@link Double}. */
    DOUBLE,
    /** {@link dev.tiphys.api.value.Bytes}; base64 in JSON. */
    BYTES,
    /** {@link java.time.Instant} to the second; RFC 3339 in JSON. */
    TIME,
    /** {@link java.time.Instant} to the microsecond; RFC 3339 with six digits in JSON. */
    MICRO_TIME,
    /**
     * {@link java.time.Duration}; Go's notation ({@code 1m30s}) in JSON, nanoseconds on the wire.
     */
    DURATION,
    /** {@link dev.tiphys.api.value.Quantity}. */
    QUANTITY,
    /** {@link dev.tiphys.api.value.IntOrString}. */
    INT_OR_STRING,
    /** {@link dev.tiphys.api.value.RawJson}: any JSON value, kept as written. */
    RAW_JSON
  }

  /**
   * A field that holds another struct. The supplier lets types refer to each other and to
   * themselves.
   */
  record StructRef(Supplier<StructType<?>> target) implements FieldType {}

  /** A list. How lists merge is said by {@link Field#listKind()}. */
  record ListOf(FieldType element) implements FieldType {}

  /** A map from string. */
  record MapOf(FieldType value) implements FieldType {}

  /** Any JSON value, kept as it came as far as a schema that was brought at run time knows it. */
  record Tree(TreeSchema schema) implements FieldType {}
}
