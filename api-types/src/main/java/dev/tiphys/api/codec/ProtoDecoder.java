package dev.tiphys.api.codec;

import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.FieldType.Scalar;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.api.value.RawJson;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads messages into structs; fields that the struct does not have are skipped. */
final class ProtoDecoder {

  private final Function<StructType<?>, ProtoPlan> plans;
  private final ProtoReader in;
  private int depth;

  ProtoDecoder(Function<StructType<?>, ProtoPlan> plans, ProtoReader in) {
    this.plans = plans;
    this.in = in;
  }

  <T extends Struct> T struct(StructType<T> type) {
    if (++depth > Limits.MAX_DEPTH) {
      throw DecodeException.limit("the document is nested more than " + Limits.MAX_DEPTH + " deep");
    }
    @Nullable Object[] values = new @Nullable Object[type.fields().size()];
    message(plans.apply(type), values);
    for (Field field : type.fields()) {
      int index = field.index();
      if (!field.pointer() && !field.required() && JsonDecoder.isZero(values[index])) {
        values[index] = null;
      }
    }
    depth--;
    return type.create(values);
  }

  private void message(ProtoPlan plan, @Nullable Object[] values) {
    while (!in.atEnd()) {
      int tag = in.tag();
      ProtoPlan.Node node = plan.byNumber(tag >>> 3);
      if (node == null) {
        in.skip(tag);
      } else if (node.field() != null) {
        int index = node.field().index();
        values[index] = field(node.field().type(), tag & 7, values[index]);
      } else {
        expect(tag & 7, ProtoReader.LENGTH_DELIMITED);
        int outer = in.enter();
        message(Objects.requireNonNull(node.inner()), values);
        in.leave(outer);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private @Nullable Object field(FieldType type, int wireType, @Nullable Object before) {
    return switch (type) {
      case FieldType.ListOf list -> {
        List<Object> elements = before == null ? new ArrayList<>() : (List<Object>) before;
        addElements(list.element(), wireType, elements);
        yield elements;
      }
      case FieldType.MapOf map -> {
        Map<String, Object> entries =
            before == null ? new LinkedHashMap<>() : (Map<String, Object>) before;
        expect(wireType, ProtoReader.LENGTH_DELIMITED);
        addEntry(map.value(), entries);
        yield entries;
      }
      default -> single(type, wireType);
    };
  }

  private void addElements(FieldType type, int wireType, List<Object> elements) {
    boolean packed =
        wireType == ProtoReader.LENGTH_DELIMITED
            && type instanceof Scalar scalar
            && wireTypeOf(scalar) != ProtoReader.LENGTH_DELIMITED;
    if (!packed) {
      elements.add(element(type, wireType));
      return;
    }
    int outer = in.enter();
    while (!in.atEnd()) {
      elements.add(element(type, wireTypeOf((Scalar) type)));
    }
    in.leave(outer);
  }

  /** What stands in a list or map, where nothing is a zero. */
  private Object element(FieldType type, int wireType) {
    if (type instanceof FieldType.ListOf list) {
      return wrappedList(list, wireType);
    }
    Object value = single(type, wireType);
    return value == null ? JsonScalars.zero(type) : value;
  }

  private List<Object> wrappedList(FieldType.ListOf list, int wireType) {
    expect(wireType, ProtoReader.LENGTH_DELIMITED);
    List<Object> elements = new ArrayList<>();
    int outer = in.enter();
    while (!in.atEnd()) {
      int tag = in.tag();
      if (tag >>> 3 == 1) {
        addElements(list.element(), tag & 7, elements);
      } else {
        in.skip(tag);
      }
    }
    in.leave(outer);
    return elements;
  }

  private void addEntry(FieldType valueType, Map<String, Object> entries) {
    String key = "";
    Object value = null;
    int outer = in.enter();
    while (!in.atEnd()) {
      int tag = in.tag();
      switch (tag >>> 3) {
        case 1 -> {
          expect(tag & 7, ProtoReader.LENGTH_DELIMITED);
          key = in.text();
        }
        case 2 -> value = element(valueType, tag & 7);
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    entries.put(key, value == null ? JsonScalars.zero(valueType) : value);
  }

  private @Nullable Object single(FieldType type, int wireType) {
    if (type instanceof FieldType.StructRef ref) {
      expect(wireType, ProtoReader.LENGTH_DELIMITED);
      int outer = in.enter();
      Struct struct = struct(ref.target().get());
      in.leave(outer);
      return struct;
    }
    Scalar scalar = (Scalar) type;
    expect(wireType, wireTypeOf(scalar));
    return switch (scalar) {
      case STRING -> in.text();
      case BOOL -> in.varint() != 0;
      case INT32 -> (int) in.varint();
      case INT64 -> in.varint();
      case DOUBLE -> Double.longBitsToDouble(in.fixed64());
      case BYTES -> Bytes.copyOf(in.byteString());
      default -> wrapped(scalar);
    };
  }

  private static int wireTypeOf(Scalar scalar) {
    return switch (scalar) {
      case BOOL, INT32, INT64 -> ProtoReader.VARINT;
      case DOUBLE -> ProtoReader.FIXED64;
      default -> ProtoReader.LENGTH_DELIMITED;
    };
  }

  /** A message that is one value to Java: up to two numbers and a text; null if it is empty. */
  private @Nullable Object wrapped(Scalar scalar) {
    long first = 0;
    long second = 0;
    String text = "";
    int outer = in.enter();
    boolean isEmpty = in.atEnd();
    while (!in.atEnd()) {
      int tag = in.tag();
      switch (tag) {
        case 1 << 3 -> first = in.varint();
        case 2 << 3 -> second = in.varint();
        case 1 << 3 | ProtoReader.LENGTH_DELIMITED, 3 << 3 | ProtoReader.LENGTH_DELIMITED ->
            text = in.text();
        default -> in.skip(tag);
      }
    }
    in.leave(outer);
    return isEmpty ? null : value(scalar, first, second, text);
  }

  private @Nullable Object value(Scalar scalar, long first, long second, String text) {
    try {
      return switch (scalar) {
        case TIME -> Instant.ofEpochSecond(first);
        case MICRO_TIME -> Instant.ofEpochSecond(first, second);
        case DURATION -> Duration.ofNanos(first);
        case QUANTITY -> text.isEmpty() ? null : Quantity.parse(text);
        case INT_OR_STRING -> first == 0 ? IntOrString.of((int) second) : IntOrString.of(text);
        case RAW_JSON -> text.isEmpty() ? null : new RawJson(text);
        default -> throw new IllegalStateException(scalar + " is no message");
      };
    } catch (IllegalArgumentException | DateTimeException e) {
      throw DecodeException.syntax("proto: " + e.getMessage(), in.position(), e);
    }
  }

  private void expect(int wireType, int expected) {
    if (wireType != expected) {
      throw in.malformed("wrong wireType = " + wireType);
    }
  }
}
