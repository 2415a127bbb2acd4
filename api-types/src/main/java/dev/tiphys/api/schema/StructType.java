package dev.tiphys.api.schema;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The description of a struct: its OpenAPI name, its fields, and how to make one. Generated records
 * carry theirs as the constant {@code TYPE}; custom resources get theirs from their definition.
 * Immutable and thread-safe.
 *
 * @param <T> the Java type of the values
 */
public final class StructType<T extends Struct> {

  private final String name;
  private final @Nullable GroupVersionKind kind;
  private final boolean atomic;
  private final List<Field> fields;
  private final Map<String, Field> byName;
  private final @Nullable TreeSchema schema;
  private final Function<@Nullable Object[], T> factory;

  /** Describes a struct that is no kind of its own: a part of others. */
  public StructType(String name, List<Field> fields, Function<@Nullable Object[], T> factory) {
    this(name, null, false, fields, factory);
  }

  /** Describes a struct whose fields server-side apply owns one by one. */
  public StructType(
      String name,
      @Nullable GroupVersionKind kind,
      List<Field> fields,
      Function<@Nullable Object[], T> factory) {
    this(name, kind, false, fields, factory);
  }

  /**
   * Describes a struct.
   *
   * @param name the OpenAPI schema name, as {@code io.k8s.api.core.v1.Pod}
   * @param kind for structs that stand alone, whose {@code apiVersion} and {@code kind} codecs
   *     write before the fields and check when they read; null for parts of others
   * @param atomic whether server-side apply owns the struct as a whole wherever it stands, {@code
   *     x-kubernetes-map-type} of the type; a field may say otherwise by its {@link
   *     Field#listKind()}, elements of lists and maps cannot
   * @param fields in the order in which they are written; each field's index is its position
   * @param factory makes a value from field values by index; it must accept null for any of them
   */
  public StructType(
      String name,
      @Nullable GroupVersionKind kind,
      boolean atomic,
      List<Field> fields,
      Function<@Nullable Object[], T> factory) {
    this(name, kind, atomic, null, fields, factory);
  }

  /**
   * Describes a struct whose type is made at run time.
   *
   * @param schema that it is made of, or null
   */
  StructType(
      String name,
      @Nullable GroupVersionKind kind,
      boolean atomic,
      @Nullable TreeSchema schema,
      List<Field> fields,
      Function<@Nullable Object[], T> factory) {
    this.schema = schema;
    this.name = name;
    this.kind = kind;
    this.atomic = atomic;
    this.fields = List.copyOf(fields);
    this.factory = factory;
    this.byName = HashMap.newHashMap(fields.size());
    for (Field field : this.fields) {
      byName.put(field.name(), field);
    }
  }

  /** The OpenAPI schema name, as {@code io.k8s.api.core.v1.Pod}. */
  public String name() {
    return name;
  }

  /** The group, version and kind of a struct that stands alone, or null. */
  public @Nullable GroupVersionKind kind() {
    return kind;
  }

  /**
   * Whether server-side apply owns the struct as a whole where it is an element of a list or map.
   */
  public boolean atomic() {
    return atomic;
  }

  /** The fields, in the order in which they are written. */
  public List<Field> fields() {
    return fields;
  }

  /** The field with a JSON name, or null. */
  public @Nullable Field field(String jsonName) {
    return byName.get(jsonName);
  }

  /** The field that takes the members which no other field names, or null. */
  public @Nullable Field rest() {
    return byName.get("");
  }

  /** The schema that the type was made of at run time, or null. */
  public @Nullable TreeSchema schema() {
    return schema;
  }

  /** Whether the type was made of a schema at run time: it has no protobuf form. */
  public boolean isDynamic() {
    return schema != null;
  }

  /**
   * Makes a value.
   *
   * @param values one a field, by {@link Field#index()}, in the Java types of {@link FieldType};
   *     null where absent. The array is not kept.
   * @throws IllegalArgumentException if the array's length is not the number of fields
   * @throws ClassCastException if a value is of another type than its field
   */
  public T create(@Nullable Object[] values) {
    if (values.length != fields.size()) {
      throw new IllegalArgumentException(
          name + " has " + fields.size() + " fields, not " + values.length);
    }
    return factory.apply(values);
  }

  @Override
  public String toString() {
    return name;
  }
}
