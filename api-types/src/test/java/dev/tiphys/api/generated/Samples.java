package dev.tiphys.api.generated;

import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.api.value.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values with every field set, down to a depth; no two scalars in one value are equal by chance.
 */
public final class Samples {

  private final int depth;
  private int count;

  private Samples(int depth) {
    this.depth = depth;
  }

  /** A value of a type with every field set, structs within structs so many levels down. */
  public static <T extends Struct> T full(StructType<T> type, int depth) {
    return new Samples(depth).struct(type, 0);
  }

  private <T extends Struct> T struct(StructType<T> type, int level) {
    @Nullable Object[] values = new @Nullable Object[type.fields().size()];
    for (Field field : type.fields()) {
      values[field.index()] = value(field.type(), level);
    }
    return type.create(values);
  }

  private @Nullable Object value(FieldType type, int level) {
    return switch (type) {
      case FieldType.Scalar scalar -> scalar(scalar);
      case FieldType.StructRef ref -> level < depth ? struct(ref.target().get(), level + 1) : null;
      case FieldType.ListOf list -> list(list, level);
      case FieldType.MapOf map -> map(map, level);
      case FieldType.Tree _ -> throw new AssertionError("no built-in kind has one");
    };
  }

  private List<Object> list(FieldType.ListOf type, int level) {
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Object element = value(type.element(), level);
      if (element != null) {
        list.add(element);
      }
    }
    return list;
  }

  private Map<String, Object> map(FieldType.MapOf type, int level) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (String key : List.of("a", "b")) {
      Object value = value(type.value(), level);
      if (value != null) {
        map.put(key, value);
      }
    }
    return map;
  }

  private Object scalar(FieldType.Scalar scalar) {
    count++;
    return switch (scalar) {
      case STRING -> "text-" + count;
      case BOOL -> true;
      case INT32 -> count;
      case INT64 -> (1L << 40) + count;
      case DOUBLE -> count + 0.5;
      case BYTES -> Bytes.copyOf(new byte[] {(byte) count, (byte) 0xff});
      case TIME -> Instant.ofEpochSecond(1_700_000_000L + count);
      case MICRO_TIME -> Instant.ofEpochSecond(1_700_000_000L, count * 1_000L);
      case DURATION -> Duration.ofMillis(1_500L + count);
      case QUANTITY -> Quantity.ofMillis(count);
      case INT_OR_STRING -> count % 2 == 0 ? IntOrString.of(count) : IntOrString.of(count + "%");
      case RAW_JSON -> new RawJson("{\"n\":" + count + "}");
    };
  }
}
