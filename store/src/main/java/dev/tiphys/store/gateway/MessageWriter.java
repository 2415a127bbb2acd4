package dev.tiphys.store.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.Type;
import com.google.protobuf.Message;
import java.util.List;
import tools.jackson.core.Base64Variants;
import tools.jackson.core.JsonGenerator;

/**
 * Writes messages as JSON the way etcd does: fields by their names in the protocol and in its
 * order, without those that have their default; 64-bit numbers as strings, bytes as base64, enums
 * by name.
 */
final class MessageWriter {
  private MessageWriter() {}

  static void write(JsonGenerator out, Message message) {
    out.writeStartObject();
    for (var field : message.getDescriptorForType().getFields()) {
      if (field.isRepeated()) {
        if (message.getRepeatedFieldCount(field) > 0) {
          out.writeName(field.getName());
          out.writeStartArray();
          for (Object element : (List<?>) message.getField(field)) {
            value(out, field, element);
          }
          out.writeEndArray();
        }
      } else if (message.hasField(field)) {
        out.writeName(field.getName());
        value(out, field, message.getField(field));
      }
    }
    out.writeEndObject();
  }

  private static void value(JsonGenerator out, FieldDescriptor field, Object value) {
    switch (field.getJavaType()) {
      case MESSAGE -> write(out, (Message) value);
      case ENUM -> constant(out, (EnumValueDescriptor) value);
      case BOOLEAN -> out.writeBoolean((boolean) value);
      case STRING -> out.writeString((String) value);
      case BYTE_STRING -> {
        var bytes = (ByteString) value;
        out.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, bytes.newInput(), bytes.size());
      }
      case INT -> {
        int number = (int) value;
        out.writeNumber(
            field.getType() == Type.UINT32 ? Integer.toUnsignedLong(number) : (long) number);
      }
      case LONG -> {
        long number = (long) value;
        out.writeString(
            field.getType() == Type.UINT64 ? Long.toUnsignedString(number) : Long.toString(number));
      }
      case FLOAT, DOUBLE ->
          throw new IllegalArgumentException("no message of the API has a " + field.getType());
    }
  }

  private static void constant(JsonGenerator out, EnumValueDescriptor value) {
    if (value.getIndex() < 0) {
      out.writeNumber(value.getNumber()); // of a later release
    } else {
      out.writeString(value.getName());
    }
  }
}
