package dev.tiphys.api.schema;

import dev.tiphys.api.apiextensions.v1.JSONSchemaProps;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.Field.ListKind;
import dev.tiphys.api.value.RawJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A structural schema: what the schema of a custom resource says of the shape of a value, as far as
 * decoding, defaulting and merging need it. What else it demands of values is in {@link #source}.
 * Immutable and thread-safe.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema">Structural
 *     schemas</a>
 */
public final class TreeSchema {

  /** Any value, of which everything is kept: its objects merge, its lists are atomic. */
  public static final TreeSchema ANYTHING =
      new TreeSchema(
          JSONSchemaProps.builder().xKubernetesPreserveUnknownFields(true).build(), true);

  private final JSONSchemaProps source;
  private final Map<String, TreeSchema> properties;
  private final @Nullable TreeSchema additional;
  private final @Nullable TreeSchema items;
  private final @Nullable JsonTree defaultValue;
  private final ListKind listKind;
  private final boolean preservesUnknown;
  private final List<JsonTree> enumValues;
  private final List<TreeSchema> allOf;
  private final List<TreeSchema> anyOf;
  private final List<TreeSchema> oneOf;
  private final @Nullable TreeSchema not;

  private TreeSchema(JSONSchemaProps source, boolean anything) {
    this.source = source;
    this.properties = new LinkedHashMap<>();
    source.properties().forEach((name, property) -> properties.put(name, of(property)));
    RawJson additionalProperties = source.additionalProperties();
    // The constant cannot refer to itself: where anything goes, what is below is null.
    this.additional =
        anything || additionalProperties == null ? null : schemaOrBool(additionalProperties);
    RawJson elements = source.items();
    this.items = elements == null || !elements.json().startsWith("{") ? null : of(elements);
    RawJson value = source.default_();
    this.defaultValue = value == null ? null : JsonTree.parse(value);
    this.listKind =
        switch (source.xKubernetesListType()) {
          case "set" -> ListKind.SET;
          case "map" -> ListKind.MAP;
          case null, default -> ListKind.ATOMIC;
        };
    this.preservesUnknown = Boolean.TRUE.equals(source.xKubernetesPreserveUnknownFields());
    this.enumValues = source.enum_().stream().map(JsonTree::parse).toList();
    this.allOf = source.allOf().stream().map(TreeSchema::of).toList();
    this.anyOf = source.anyOf().stream().map(TreeSchema::of).toList();
    this.oneOf = source.oneOf().stream().map(TreeSchema::of).toList();
    JSONSchemaProps denied = source.not();
    this.not = denied == null ? null : of(denied);
  }

  /**
   * Reads a schema.
   *
   * @throws dev.tiphys.api.codec.DecodeException if a schema within is none
   */
  public static TreeSchema of(JSONSchemaProps schema) {
    return new TreeSchema(schema, false);
  }

  private static TreeSchema of(RawJson schema) {
    return of(JsonCodec.decode(schema.json(), JSONSchemaProps.TYPE));
  }

  private static @Nullable TreeSchema schemaOrBool(RawJson schema) {
    return switch (schema.json()) {
      case "true" -> ANYTHING;
      case "false" -> null;
      default -> of(schema);
    };
  }

  /** As it was brought. */
  public JSONSchemaProps source() {
    return source;
  }

  /** {@code object}, {@code array}, {@code string}, {@code integer}, …; empty for any. */
  public String type() {
    String type = source.type();
    return type == null ? "" : type;
  }

  /** The fields that are named. */
  public Map<String, TreeSchema> properties() {
    return properties;
  }

  /** The schema of a member of an object: of a field, an entry, or what is preserved; else null. */
  public @Nullable TreeSchema member(String name) {
    TreeSchema property = properties.get(name);
    if (property != null) {
      return property;
    }
    if (additional != null) {
      return additional;
    }
    if (preservesUnknown || isEmbeddedMember(name)) {
      return ANYTHING;
    }
    return null;
  }

  private boolean isEmbeddedMember(String name) {
    return isEmbeddedResource()
        && (name.equals("apiVersion") || name.equals("kind") || name.equals("metadata"));
  }

  /** The schema of what no field names, or null. */
  public @Nullable TreeSchema additional() {
    return additional;
  }

  /** The schema of the elements of a list; null if nothing is said of them. */
  public @Nullable TreeSchema items() {
    return items;
  }

  /** What an absent value becomes, or null. */
  public @Nullable JsonTree defaultValue() {
    return defaultValue;
  }

  /** How server-side apply merges a list. */
  public ListKind listKind() {
    return listKind;
  }

  /** For {@link ListKind#MAP}: the fields that identify an element. */
  public List<String> listMapKeys() {
    return source.xKubernetesListMapKeys();
  }

  /** Whether server-side apply owns an object as a whole. */
  public boolean isAtomicObject() {
    return "atomic".equals(source.xKubernetesMapType());
  }

  /** The values that are allowed; empty for any. */
  public List<JsonTree> enumValues() {
    return enumValues;
  }

  /** What a value must all fit. */
  public List<TreeSchema> allOf() {
    return allOf;
  }

  /** What a value must fit one of. */
  public List<TreeSchema> anyOf() {
    return anyOf;
  }

  /** What a value must fit exactly one of. */
  public List<TreeSchema> oneOf() {
    return oneOf;
  }

  /** What a value must not fit, or null. */
  public @Nullable TreeSchema not() {
    return not;
  }

  /** Whether null is a value. */
  public boolean isNullable() {
    return Boolean.TRUE.equals(source.nullable()) || this == ANYTHING;
  }

  /** Whether members that the schema does not name are kept. */
  public boolean preservesUnknown() {
    return preservesUnknown;
  }

  /** Whether the value is an object with kind and metadata of its own. */
  public boolean isEmbeddedResource() {
    return Boolean.TRUE.equals(source.xKubernetesEmbeddedResource());
  }

  /** Whether the value is an integer or a text. */
  public boolean isIntOrString() {
    return Boolean.TRUE.equals(source.xKubernetesIntOrString());
  }
}
