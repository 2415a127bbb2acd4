package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.schema.Struct;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Field selectors of kinds that have no other rules than what a field holds. The others' are told
 * by their strategies. Pure.
 */
final class SelectableFields {

  private static final Map<String, List<String>> FIELDS =
      Map.of(
          "/replicationcontrollers",
          List.of("status.replicas"),
          "batch/jobs",
          List.of("status.successful"),
          "certificates.k8s.io/certificatesigningrequests",
          List.of("spec.signerName"),
          "certificates.k8s.io/clustertrustbundles",
          List.of("spec.signerName"),
          "certificates.k8s.io/podcertificaterequests",
          List.of("spec.signerName", "spec.podName", "spec.nodeName"),
          "resource.k8s.io/resourceslices",
          List.of("spec.nodeName", "spec.driver"));

  /** Selectors that are called other than the field that they look at. */
  private static final Map<String, String> RENAMED =
      Map.of("status.successful", "status.succeeded");

  private SelectableFields() {}

  /** The field selectors of a resource besides those of metadata. */
  static List<String> of(ResourceType<?> type) {
    return FIELDS.getOrDefault(type.group() + "/" + type.plural(), List.of());
  }

  /** What a field holds; of an absent one, the zero of its type. */
  static String valueOf(Struct object, String selector) {
    @Nullable Object value = object;
    FieldType type = null;
    for (String name : RENAMED.getOrDefault(selector, selector).split("\\.")) {
      if (!(value instanceof Struct struct)) {
        return zero(type, name);
      }
      Field field = struct.structType().field(name);
      if (field == null) {
        return "";
      }
      type = field.type();
      value = struct.get(field.index());
    }
    return value == null ? zero(type, "") : value.toString();
  }

  /** Within a struct that is absent there is nothing but zeros. */
  private static String zero(@Nullable FieldType type, String within) {
    FieldType at = type;
    if (type instanceof FieldType.StructRef(var target) && !within.isEmpty()) {
      Field field = target.get().field(within);
      at = field == null ? type : field.type();
    }
    return at == FieldType.Scalar.INT32 || at == FieldType.Scalar.INT64 ? "0" : "";
  }
}
