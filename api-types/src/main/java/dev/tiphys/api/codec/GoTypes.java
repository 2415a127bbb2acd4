package dev.tiphys.api.codec;

import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.StructType;

/** Names of types as they stand in messages that users of the API know. */
final class GoTypes {

  private GoTypes() {}

  static String name(FieldType type) {
    return switch (type) {
      case FieldType.ListOf list -> "[]" + name(list.element());
      case FieldType.MapOf map -> "map[string]" + name(map.value());
      case FieldType.StructRef ref -> name(ref.target().get());
      case FieldType.Tree _ -> "interface {}";
      case FieldType.Scalar scalar ->
          switch (scalar) {
            case STRING -> "string";
            case BOOL -> "bool";
            case INT32 -> "int32";
            case INT64 -> "int64";
            case DOUBLE -> "float64";
            case BYTES -> "[]uint8";
            case TIME -> "v1.Time";
            case MICRO_TIME -> "v1.MicroTime";
            case DURATION -> "v1.Duration";
            case QUANTITY -> "resource.Quantity";
            case INT_OR_STRING -> "intstr.IntOrString";
            case RAW_JSON -> "runtime.RawExtension";
          };
    };
  }

  /** {@code v1.PodSpec} of {@code io.k8s.api.core.v1.PodSpec}. */
  static String name(StructType<?> type) {
    String name = type.name();
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? name : name.substring(name.lastIndexOf('.', dot - 1) + 1);
  }

  /** {@code PodSpec} of {@code io.k8s.api.core.v1.PodSpec}. */
  static String simpleName(StructType<?> type) {
    return type.name().substring(type.name().lastIndexOf('.') + 1);
  }
}
