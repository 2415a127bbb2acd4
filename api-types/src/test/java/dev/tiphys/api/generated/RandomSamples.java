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
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Values of which a seed tells which fields are set, and to what. Zeros stand only where they are
 * told apart from absence: in fields that are required or pointers, in lists and in maps.
 */
public final class RandomSamples {

  private static final List<String> TEXTS =
      List.of(
          "a", "web-1", "\u00fc\u4f60\ud83d\ude00", "a\tb\"c\\d\n", "<&>", " ", "x".repeat(300));

  private final Random random;
  private final int depth;

  private RandomSamples(Random random, int depth) {
    this.random = random;
    this.depth = depth;
  }

  /** A value of a type, structs within structs at most so many levels down. */
  public static <T extends Struct> T of(StructType<T> type, long seed, int depth) {
    return new RandomSamples(new Random(seed), depth).struct(type, 0);
  }

  private <T extends Struct> T struct(StructType<T> type, int level) {
    @Nullable Object[] values = new @Nullable Object[type.fields().size()];
    for (Field field : type.fields()) {
      if (random.nextInt(3) > 0) {
        boolean zeros = field.required() || field.pointer();
        values[field.index()] = value(field.type(), level, zeros);
      }
    }
    return type.create(values);
  }

  private @Nullable Object value(FieldType type, int level, boolean zeros) {
    return switch (type) {
      case FieldType.Scalar scalar -> scalar(scalar, zeros);
      case FieldType.StructRef ref -> level < depth ? struct(ref.target().get(), level + 1) : null;
      case FieldType.ListOf list -> list(list, level);
      case FieldType.MapOf map -> map(map, level);
      case FieldType.Tree _ -> null;
    };
  }

  private List<Object> list(FieldType.ListOf type, int level) {
    List<Object> list = new ArrayList<>();
    for (int left = random.nextInt(3); left > 0; left--) {
      Object element = value(type.element(), level, true);
      if (element != null) {
        list.add(element);
      }
    }
    return list;
  }

  private Map<String, Object> map(FieldType.MapOf type, int level) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int left = random.nextInt(3); left > 0; left--) {
      Object value = value(type.value(), level, true);
      if (value != null) {
        map.put(text() + left, value);
      }
    }
    return map;
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private Object scalar(FieldType.Scalar scalar, boolean zeros) {
    boolean zero = zeros && random.nextInt(4) == 0;
    return switch (scalar) {
      case STRING -> zero ? "" : text();
      case BOOL -> !zero;
      case INT32 -> zero ? 0 : random.nextInt() | 1;
      case INT64 -> zero ? 0L : random.nextLong() | 1;
      case DOUBLE -> zero ? 0.0 : random.nextGaussian();
      case BYTES -> Bytes.copyOf(new byte[] {(byte) random.nextInt(), 0, (byte) 0xff});
      case TIME -> Instant.ofEpochSecond(random.nextInt(1, Integer.MAX_VALUE));
      case MICRO_TIME ->
          Instant.ofEpochSecond(
              random.nextInt(1, Integer.MAX_VALUE), random.nextInt(1_000_000) * 1_000L);
      case DURATION -> Duration.ofNanos(random.nextLong() >> 8);
      case QUANTITY -> Quantity.ofMillis(random.nextLong() >> 16);
      case INT_OR_STRING ->
          random.nextBoolean()
              ? IntOrString.of(random.nextInt())
              : IntOrString.of(random.nextInt(100) + "%");
      case RAW_JSON -> new RawJson("{\"n\":[" + random.nextInt() + ",null,\"\u00fc\"]}");
    };
  }
}
