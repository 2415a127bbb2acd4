package dev.tiphys.api.codec;

import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.api.value.GoDuration;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.api.value.RawJson;
import dev.tiphys.api.value.Rfc3339;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes structs: fields in the order of their type, maps by key, absent fields not at all. */
final class JsonEncoder {

  private JsonEncoder() {}

  /** Writes a struct that stands alone, with kind and apiVersion if its type has them. */
  static void document(JsonWriter out, Struct struct) {
    StructType<?> type = struct.structType();
    GroupVersionKind kind = type.kind();
    out.beginObject();
    if (kind != null) {
      out.field("kind", kind.kind()).field("apiVersion", kind.apiVersion());
    }
    fields(out, struct, type);
    out.endObject();
  }

  static void struct(JsonWriter out, Struct struct) {
    out.beginObject();
    fields(out, struct, struct.structType());
    out.endObject();
  }

  /** Custom resources say within a list too what they are, as upstream's do. */
  private static void nested(JsonWriter out, Struct struct) {
    if (struct.structType().isDynamic()) {
      document(out, struct);
    } else {
      struct(out, struct);
    }
  }

  static void fields(JsonWriter out, Struct struct, StructType<?> type) {
    List<Field> fields = type.fields();
    for (int i = 0; i < fields.size(); i++) {
      Object value = struct.get(i);
      Field field = fields.get(i);
      if (value == null) {
        continue;
      }
      if (field.isRest()) {
        ((JsonTree.Obj) value).members().forEach((name, member) -> member.writeTo(out.name(name)));
      } else if (isWritten(field, value)) {
        value(out.name(field.name()), field.type(), value);
      }
    }
  }

  /** Whether a field with this value is told at all. */
  static boolean isWritten(Field field, @Nullable Object value) {
    return value != null && (field.required() || !isEmpty(value));
  }

  /** Lists and maps without entries are absent, unless the field must be there. */
  private static boolean isEmpty(Object value) {
    return switch (value) {
      case List<?> list -> list.isEmpty();
      case Map<?, ?> map -> map.isEmpty();
      default -> false;
    };
  }

  static void value(JsonWriter out, FieldType type, Object value) {
    switch (type) {
      case FieldType.Scalar scalar -> scalar(out, scalar, value);
      case FieldType.StructRef _ -> nested(out, (Struct) value);
      case FieldType.ListOf list -> {
        out.beginArray();
        List<?> elements = (List<?>) value;
        for (int i = 0; i < elements.size(); i++) {
          value(out, list.element(), elements.get(i));
        }
        out.endArray();
      }
      case FieldType.MapOf map -> map(out, map.value(), (Map<?, ?>) value);
      case FieldType.Tree _ -> ((JsonTree) value).writeTo(out);
    }
  }

  private static void map(JsonWriter out, FieldType valueType, Map<?, ?> map) {
    out.beginObject();
    if (map.size() == 1) {
      Map.Entry<?, ?> only = map.entrySet().iterator().next();
      value(out.name((String) only.getKey()), valueType, only.getValue());
    } else if (!map.isEmpty()) {
      String[] keys = map.keySet().toArray(new String[0]);
      Arrays.sort(keys);
      for (String key : keys) {
        Object value = map.get(key);
        if (value != null) {
          value(out.name(key), valueType, value);
        }
      }
    }
    out.endObject();
  }

  static void any(JsonWriter out, @Nullable Object value) {
    switch (value) {
      case null -> out.nullValue();
      case Struct struct -> struct(out, struct);
      case JsonTree tree -> tree.writeTo(out);
      case List<?> list -> {
        out.beginArray();
        list.forEach(element -> any(out, element));
        out.endArray();
      }
      case Map<?, ?> map -> {
        out.beginObject();
        new TreeMap<>(map).forEach((key, entry) -> any(out.name((String) key), entry));
        out.endObject();
      }
      case Boolean truth -> out.value(truth);
      case Integer number -> out.value(number.longValue());
      case Long number -> out.value(number);
      case Double number -> out.value(number);
      case Bytes bytes -> out.value(bytes.toBase64());
      case Instant time -> out.value(Rfc3339.seconds(time));
      case Duration duration -> out.value(GoDuration.format(duration));
      case IntOrString either -> intOrString(out, either);
      case RawJson raw -> out.raw(raw);
      default -> out.value(value.toString());
    }
  }

  private static void scalar(JsonWriter out, FieldType.Scalar type, Object value) {
    switch (type) {
      case STRING -> out.value((String) value);
      case BOOL -> out.value((boolean) value);
      case INT32 -> out.value((int) value);
      case INT64 -> out.value((long) value);
      case DOUBLE -> out.value((double) value);
      case BYTES -> out.value(((Bytes) value).toBase64());
      case TIME -> out.value(Rfc3339.seconds((Instant) value));
      case MICRO_TIME -> out.value(Rfc3339.micros((Instant) value));
      case DURATION -> out.value(GoDuration.format((Duration) value));
      case QUANTITY -> out.value(value.toString());
      case INT_OR_STRING -> intOrString(out, (IntOrString) value);
      case RAW_JSON -> out.raw((RawJson) value);
    }
  }

  private static void intOrString(JsonWriter out, IntOrString value) {
    Integer number = value.number();
    if (number != null) {
      out.value(number.intValue());
    } else {
      out.value(String.valueOf(value.text()));
    }
  }
}
