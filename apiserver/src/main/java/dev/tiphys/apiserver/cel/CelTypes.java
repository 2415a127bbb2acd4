package dev.tiphys.apiserver.cel;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.tiphys.api.admission.v1.AdmissionRequest;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.TreeSchema;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The types of expressions, made of schemas: objects with named fields are structs, so that a field
 * that is not there is found when the rule is compiled. Not thread-safe.
 */
@SuppressWarnings("Immutable") // complete before a compiler is made of it
final class CelTypes implements CelTypeProvider {

  private static final Map<String, CelType> META =
      Map.of("name", SimpleType.STRING, "generateName", SimpleType.STRING);

  private final Map<String, CelType> structs = new LinkedHashMap<>();

  /**
   * The type of values of a schema.
   *
   * @param name of the struct, unique
   * @param resource whether the value has kind and metadata though the schema does not say so
   */
  CelType of(TreeSchema schema, String name, boolean resource) {
    if (schema.isIntOrString()) {
      return SimpleType.DYN;
    }
    return switch (schema.type()) {
      case "string" -> text(schema);
      case "integer" -> SimpleType.INT;
      case "number" -> SimpleType.DOUBLE;
      case "boolean" -> SimpleType.BOOL;
      case "array" -> {
        TreeSchema items = schema.items();
        yield ListType.create(items == null ? SimpleType.DYN : of(items, name + ".@items", false));
      }
      case "object" -> object(schema, name, resource || schema.isEmbeddedResource());
      default -> SimpleType.DYN;
    };
  }

  private static CelType text(TreeSchema schema) {
    return switch (schema.source().format()) {
      case "byte" -> SimpleType.BYTES;
      case "duration" -> SimpleType.DURATION;
      case "date", "date-time" -> SimpleType.TIMESTAMP;
      case null, default -> SimpleType.STRING;
    };
  }

  private CelType object(TreeSchema schema, String name, boolean resource) {
    TreeSchema additional = schema.additional();
    if (additional != null) {
      return MapType.create(
          SimpleType.STRING,
          additional == TreeSchema.ANYTHING
              ? SimpleType.DYN
              : of(additional, name + ".@entries", false));
    }
    if (schema.properties().isEmpty() && !resource) {
      return schema.preservesUnknown() ? SimpleType.DYN : struct(name, Map.of());
    }
    Map<String, CelType> fields = new LinkedHashMap<>();
    schema
        .properties()
        .forEach((property, of) ->
            fields.put(CelNames.escape(property), of(of, name + "." + property, false)));
    if (resource) {
      fields.put("apiVersion", SimpleType.STRING);
      fields.put("kind", SimpleType.STRING);
      fields.put("metadata", struct(name + ".@metadata", META));
    }
    return struct(name, fields);
  }

  /** The type of a resource's objects. */
  CelType resource(dev.tiphys.api.schema.StructType<?> type) {
    return struct(type, "resource " + type.name(), Set.of("apiVersion", "kind"), Set.of());
  }

  /** The type of what is known of a request in admission, but for its objects. */
  CelType request() {
    return struct(
        AdmissionRequest.TYPE,
        "kubernetes.AdmissionRequest",
        Set.of(),
        Set.of("uid", "object", "oldObject"));
  }

  /** A struct whose fields are looked at when they are asked for: some are within themselves. */
  private CelType struct(
      dev.tiphys.api.schema.StructType<?> type,
      String name,
      Set<String> more,
      Set<String> without) {
    CelType known = structs.get(name);
    if (known != null) {
      return known;
    }
    Map<String, Field> fields = new LinkedHashMap<>();
    for (Field field : type.fields()) {
      if (!without.contains(field.name())) {
        // Objects of admission have names as they are; schemas' escaped ones do no harm.
        fields.put(field.name(), field);
        fields.put(CelNames.escape(field.name()), field);
      }
    }
    Set<String> names = new LinkedHashSet<>(more);
    names.addAll(fields.keySet());
    StructType made =
        StructType.create(
            name,
            ImmutableSet.copyOf(names),
            asked -> {
              Field field = fields.get(asked);
              return field != null
                  ? Optional.of(of(field.type(), name + "." + asked))
                  : more.contains(asked) ? Optional.of(SimpleType.STRING) : Optional.empty();
            });
    structs.put(name, made);
    return made;
  }

  private CelType of(FieldType type, String name) {
    return switch (type) {
      case FieldType.Scalar scalar ->
          switch (scalar) {
            // As the API describes them, an amount and a length of time are texts.
            case STRING, QUANTITY, DURATION -> SimpleType.STRING;
            case BOOL -> SimpleType.BOOL;
            case INT32, INT64 -> SimpleType.INT;
            case DOUBLE -> SimpleType.DOUBLE;
            case BYTES -> SimpleType.BYTES;
            case TIME, MICRO_TIME -> SimpleType.TIMESTAMP;
            case INT_OR_STRING, RAW_JSON -> SimpleType.DYN;
          };
      case FieldType.StructRef ref ->
          struct(ref.target().get(), ref.target().get().name(), Set.of(), Set.of());
      case FieldType.ListOf list -> ListType.create(of(list.element(), name + ".@items"));
      case FieldType.MapOf map ->
          MapType.create(SimpleType.STRING, of(map.value(), name + ".@entries"));
      case FieldType.Tree tree -> of(tree.schema(), name, false);
    };
  }

  /** A struct of these fields, known by its name from here on. */
  CelType struct(String name, Map<String, CelType> fields) {
    ImmutableMap<String, CelType> known = ImmutableMap.copyOf(fields);
    StructType type =
        StructType.create(name, known.keySet(), field -> Optional.ofNullable(known.get(field)));
    structs.put(name, type);
    return type;
  }

  @Override
  public ImmutableCollection<CelType> types() {
    return ImmutableList.copyOf(structs.values());
  }

  @Override
  public Optional<CelType> findType(String name) {
    return Optional.ofNullable(structs.get(name));
  }
}
