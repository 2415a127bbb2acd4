package dev.tiphys.api.codec;

import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.FieldType.Scalar;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.api.value.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Writes structs as messages: by number, lists not packed, maps by key, absent fields not at all.
 */
final class ProtoEncoder {

  private final Function<StructType<?>, ProtoPlan> plans;
  private final ProtoWriter out;

  ProtoEncoder(Function<StructType<?>, ProtoPlan> plans, ProtoWriter out) {
    this.plans = plans;
    this.out = out;
  }

  void struct(Struct struct) {
    message(struct, plans.apply(struct.structType()));
  }

  private void message(Struct struct, ProtoPlan plan) {
    for (int i = plan.size() - 1; i >= 0; i--) {
      ProtoPlan.Node node = plan.node(i);
      if (node.field() != null) {
        Object value = struct.get(node.field().index());
        if (value != null) {
          field(node.number(), node.field().type(), value);
        }
      } else {
        int before = out.size();
        message(struct, Objects.requireNonNull(node.inner()));
        if (out.size() > before) {
          out.endField(node.number(), before);
        }
      }
    }
  }

  private void field(int number, FieldType type, Object value) {
    switch (type) {
      case Scalar scalar -> scalar(number, scalar, value);
      case FieldType.StructRef _ -> {
        int before = out.size();
        struct((Struct) value);
        out.endField(number, before);
      }
      case FieldType.ListOf list -> {
        List<?> elements = (List<?>) value;
        for (int i = elements.size() - 1; i >= 0; i--) {
          element(number, list.element(), elements.get(i));
        }
      }
      case FieldType.MapOf map -> entries(number, map.value(), (Map<?, ?>) value);
      case FieldType.Tree _ ->
          throw new IllegalArgumentException("custom resources have no protobuf form");
    }
  }

  /** Lists within lists and maps are messages that hold a list as their first field. */
  private void element(int number, FieldType type, Object value) {
    if (type instanceof FieldType.ListOf) {
      int before = out.size();
      field(1, type, value);
      out.endField(number, before);
    } else {
      field(number, type, value);
    }
  }

  private void entries(int number, FieldType valueType, Map<?, ?> map) {
    String[] keys = map.keySet().toArray(new String[0]);
    Arrays.sort(keys);
    for (int i = keys.length - 1; i >= 0; i--) {
      int before = out.size();
      element(2, valueType, Objects.requireNonNull(map.get(keys[i])));
      text(1, keys[i]);
      out.endField(number, before);
    }
  }

  private void scalar(int number, Scalar type, Object value) {
    switch (type) {
      case STRING -> text(number, (String) value);
      case BOOL -> varint(number, (Boolean) value ? 1 : 0);
      case INT32 -> varint(number, (Integer) value);
      case INT64 -> varint(number, (Long) value);
      case DOUBLE -> {
        out.fixed64(Double.doubleToLongBits((Double) value));
        out.tag(number, ProtoReader.FIXED64);
      }
      case BYTES -> bytes(number, ((Bytes) value).toByteArray());
      case TIME -> time(number, ((Instant) value).getEpochSecond(), 0);
      case MICRO_TIME -> {
        Instant time = (Instant) value;
        time(number, time.getEpochSecond(), time.getNano() / 1000 * 1000);
      }
      case DURATION -> {
        int before = out.size();
        varint(1, ((Duration) value).toNanos());
        out.endField(number, before);
      }
      case QUANTITY -> {
        int before = out.size();
        text(1, value.toString());
        out.endField(number, before);
      }
      case INT_OR_STRING -> intOrString(number, (IntOrString) value);
      case RAW_JSON -> {
        int before = out.size();
        text(1, ((RawJson) value).json());
        out.endField(number, before);
      }
    }
  }

  private void time(int number, long seconds, int nanos) {
    int before = out.size();
    varint(2, nanos);
    varint(1, seconds);
    out.endField(number, before);
  }

  private void intOrString(int number, IntOrString value) {
    int before = out.size();
    Integer asNumber = value.number();
    String asText = value.text();
    text(3, asText == null ? "" : asText);
    varint(2, asNumber == null ? 0 : asNumber);
    varint(1, asNumber == null ? 1 : 0);
    out.endField(number, before);
  }

  void text(int number, String text) {
    int before = out.size();
    out.text(text);
    out.endField(number, before);
  }

  private void bytes(int number, byte[] bytes) {
    int before = out.size();
    out.bytes(bytes);
    out.endField(number, before);
  }

  private void varint(int number, long value) {
    out.varint(value);
    out.tag(number, ProtoReader.VARINT);
  }
}
