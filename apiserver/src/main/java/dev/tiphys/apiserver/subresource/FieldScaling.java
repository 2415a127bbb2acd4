package dev.tiphys.apiserver.subresource;

import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.apiserver.strategy.StatusPart;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How any workload scales whose fields are called {@code spec.replicas}, {@code status.replicas}
 * and {@code spec.selector}: all built-in ones. Pure.
 *
 * @param <T> the workload's kind
 */
public record FieldScaling<T extends ApiObject>() implements ScaleSubresource.Scalable<T> {

  @Override
  public int desired(T object) {
    return value(object, "spec", "replicas") instanceof Integer number ? number : 0;
  }

  @Override
  public int present(T object) {
    return value(object, "status", "replicas") instanceof Integer number ? number : 0;
  }

  @Override
  public @Nullable LabelSelector selector(T object) {
    return switch (value(object, "spec", "selector")) {
      case LabelSelector selector -> selector;
      case Map<?, ?> labels when !labels.isEmpty() -> {
        Map<String, String> texts = new LinkedHashMap<>();
        labels.forEach((key, text) -> texts.put((String) key, (String) text));
        yield LabelSelector.builder().matchLabels(texts).build();
      }
      case null, default -> null;
    };
  }

  @Override
  public T withDesired(T object, int replicas) {
    Field spec = object.structType().field("spec");
    Struct present = spec == null ? null : (Struct) object.get(spec.index());
    Field count = present == null ? null : present.structType().field("replicas");
    return spec == null || present == null || count == null
        ? object
        : StatusPart.with(object, spec, with(present, count, replicas));
  }

  private static Struct with(Struct struct, Field field, Object value) {
    StructType<?> type = struct.structType();
    @Nullable Object[] values = new @Nullable Object[type.fields().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = struct.get(i);
    }
    values[field.index()] = value;
    return type.create(values);
  }

  private static @Nullable Object value(ApiObject object, String part, String name) {
    Field outer = object.structType().field(part);
    if (outer == null || !(object.get(outer.index()) instanceof Struct struct)) {
      return null;
    }
    Field inner = struct.structType().field(name);
    return inner == null ? null : struct.get(inner.index());
  }
}
