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
import java.util.List;
import java.util.Map;

/** Writes structs as CBOR maps: the same fields as in JSON, in the order of their type. */
final class CborEncoder {

  private final CborWriter out = new CborWriter();

  /** Writes a document of its own, which says that it is CBOR and of which kind. */
  byte[] document(Struct struct, GroupVersionKind kind) {
    out.tag(CborWriter.SELF_DESCRIBED);
    named(struct, kind);
    return out.toByteArray();
  }

  private void named(Struct struct, GroupVersionKind kind) {
    out.map(2 + count(struct));
    out.value("kind").value(kind.kind()).value("apiVersion").value(kind.apiVersion());
    fields(struct);
  }

  /** Writes a document that has no schema. */
  byte[] document(JsonTree tree) {
    out.tag(CborWriter.SELF_DESCRIBED);
    tree(tree);
    return out.toByteArray();
  }

  private void struct(Struct struct) {
    GroupVersionKind kind = struct.structType().kind();
    if (struct.structType().isDynamic() && kind != null) {
      // Custom resources say within a list too what they are, as upstream's do.
      named(struct, kind);
      return;
    }
    out.map(count(struct));
    fields(struct);
  }

  private static int count(Struct struct) {
    int count = 0;
    List<Field> fields = struct.structType().fields();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).isRest() && struct.get(i) instanceof JsonTree.Obj rest) {
        count += rest.members().size();
      } else if (JsonEncoder.isWritten(fields.get(i), struct.get(i))) {
        count++;
      }
    }
    return count;
  }

  private void fields(Struct struct) {
    StructType<?> type = struct.structType();
    for (int i = 0; i < type.fields().size(); i++) {
      Field field = type.fields().get(i);
      Object value = struct.get(i);
      if (field.isRest() && value instanceof JsonTree.Obj rest) {
        members(rest);
      } else if (value != null && JsonEncoder.isWritten(field, value)) {
        out.value(field.name());
        value(field.type(), value);
      }
    }
  }

  private void value(FieldType type, Object value) {
    switch (type) {
      case FieldType.Scalar scalar -> scalar(scalar, value);
      case FieldType.StructRef _ -> struct((Struct) value);
      case FieldType.ListOf list -> {
        List<?> elements = (List<?>) value;
        out.array(elements.size());
        elements.forEach(element -> value(list.element(), element));
      }
      case FieldType.MapOf map -> {
        Map<?, ?> entries = (Map<?, ?>) value;
        out.map(entries.size());
        entries.forEach((key, entry) -> {
          out.value((String) key);
          value(map.value(), entry);
        });
      }
      case FieldType.Tree _ -> tree((JsonTree) value);
    }
  }

  private void scalar(FieldType.Scalar type, Object value) {
    switch (type) {
      case STRING -> out.value((String) value);
      case BOOL -> out.value((boolean) value);
      case INT32 -> out.value((int) value);
      case INT64 -> out.value((long) value);
      case DOUBLE -> out.value((double) value);
      case BYTES -> out.tag(CborWriter.BASE64).bytes(((Bytes) value).toByteArray());
      case TIME -> out.value(Rfc3339.seconds((Instant) value));
      case MICRO_TIME -> out.value(Rfc3339.micros((Instant) value));
      case DURATION -> out.value(GoDuration.format((Duration) value));
      case QUANTITY -> out.value(value.toString());
      case INT_OR_STRING -> intOrString((IntOrString) value);
      case RAW_JSON -> tree(JsonTree.parse((RawJson) value));
    }
  }

  private void intOrString(IntOrString value) {
    Integer number = value.number();
    if (number != null) {
      out.value(number.longValue());
    } else {
      out.value(String.valueOf(value.text()));
    }
  }

  private void tree(JsonTree tree) {
    switch (tree) {
      case JsonTree.Obj object -> {
        out.map(object.members().size());
        members(object);
      }
      case JsonTree.Arr list -> {
        out.array(list.elements().size());
        list.elements().forEach(this::tree);
      }
      case JsonTree.Text text -> out.value(text.value());
      case JsonTree.Num number -> number(number.literal());
      case JsonTree.Bool truth -> out.value(truth.value());
      case JsonTree.Null _ -> out.nullValue();
    }
  }

  private void members(JsonTree.Obj object) {
    object
        .members()
        .forEach((name, member) -> {
          out.value(name);
          tree(member);
        });
  }

  private void number(String literal) {
    try {
      out.value(Long.parseLong(literal));
    } catch (NumberFormatException _) {
      // Not a whole number that fits: then it is a fraction, as in JSON.
      out.value(Double.parseDouble(literal));
    }
  }
}
