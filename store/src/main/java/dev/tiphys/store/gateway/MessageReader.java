package dev.tiphys.store.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.Type;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variants;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads messages from JSON, one value after the other. It takes what etcd 3.5 takes: fields by
 * either name, unknown ones passed over, 64-bit numbers as strings or not, enums by name or number,
 * null for what is absent. It is as strict as etcd in the rest, for what is guessed about a key or
 * a revision is written somewhere: no number for bytes, no base64 without its padding, no name of
 * an enum that is not known. For one thread.
 */
final class MessageReader implements AutoCloseable {
  private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]*)");

  private final JsonParser in;

  /** Takes the text. */
  MessageReader(JsonFactory json, byte[] text) {
    in = json.createParser(ObjectReadContext.empty(), text);
  }

  /**
   * The next message; null when there is no further value.
   *
   * @param empty a message of the type
   * @throws StatusRuntimeException INVALID_ARGUMENT when it is not JSON, or not of that type
   */
  @Nullable Message next(Message empty) {
    try {
      var token = in.nextToken();
      if (token == null) {
        return null;
      }
      return token == JsonToken.VALUE_NULL ? empty : object(empty.newBuilderForType(), token);
    } catch (UnexpectedEndOfInputException e) {
      throw refusal("not JSON: it ends too early");
    } catch (JacksonException e) {
      throw refusal("not JSON at " + place(e) + ": " + e.getOriginalMessage());
    }
  }

  @Override
  public void close() {
    in.close();
  }

  private Message object(Message.Builder into, JsonToken begin) {
    if (begin != JsonToken.START_OBJECT) {
      throw wrong("a " + into.getDescriptorForType().getName() + " must be an object");
    }
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      var field = field(into.getDescriptorForType(), in.currentName());
      var token = in.nextToken();
      if (field == null || token == JsonToken.VALUE_NULL) {
        in.skipChildren();
      } else if (field.isRepeated()) {
        array(into, field, token);
      } else {
        into.setField(field, value(into, field, token));
      }
    }
    return into.build();
  }

  private void array(Message.Builder into, FieldDescriptor field, JsonToken begin) {
    if (begin != JsonToken.START_ARRAY) {
      throw wrong("\"" + field.getName() + "\" must be an array");
    }
    into.clearField(field); // of a name that comes twice the last counts, as for single values
    for (var token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      into.addRepeatedField(field, value(into, field, token));
    }
  }

  private Object value(Message.Builder parent, FieldDescriptor field, JsonToken token) {
    return switch (field.getJavaType()) {
      case MESSAGE -> object(parent.newBuilderForField(field), token);
      case ENUM -> constant(field, token);
      case BOOLEAN -> {
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
          throw wrong("\"" + field.getName() + "\" must be true or false");
        }
        yield token == JsonToken.VALUE_TRUE;
      }
      case STRING -> text(field, token, "a string");
      case BYTE_STRING -> bytes(field, token);
      case INT, LONG -> number(field, token);
      case FLOAT, DOUBLE ->
          throw new IllegalArgumentException("no message of the API has a " + field.getType());
    };
  }

  private ByteString bytes(FieldDescriptor field, JsonToken token) {
    if (token != JsonToken.VALUE_STRING) {
      throw wrong("\"" + field.getName() + "\" must be base64 in a string");
    }
    return UnsafeByteOperations.unsafeWrap(in.getBinaryValue(Base64Variants.MIME_NO_LINEFEEDS));
  }

  private Object number(FieldDescriptor field, JsonToken token) {
    var text =
        token == JsonToken.VALUE_NUMBER_INT
            ? in.getString()
            : text(field, token, "a whole number, in a string or not");
    try {
      if (!WHOLE.matcher(text).matches()) {
        throw new NumberFormatException();
      }
      boolean unsigned = field.getType() == Type.UINT32 || field.getType() == Type.UINT64;
      if (field.getJavaType() == FieldDescriptor.JavaType.INT) {
        return unsigned ? Integer.parseUnsignedInt(text) : Integer.parseInt(text);
      }
      return unsigned ? Long.parseUnsignedLong(text) : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw wrong("\"" + field.getName() + "\" must be a whole number in its range");
    }
  }

  private EnumValueDescriptor constant(FieldDescriptor field, JsonToken token) {
    EnumDescriptor type = field.getEnumType();
    if (token == JsonToken.VALUE_NUMBER_INT) {
      return type.findValueByNumberCreatingIfUnknown(in.getIntValue());
    }
    var name = text(field, token, "a name or number of " + type.getName());
    var value = type.findValueByName(name);
    if (value == null) {
      throw wrong("\"" + field.getName() + "\" must be a name of " + type.getName());
    }
    return value;
  }

  private String text(FieldDescriptor field, JsonToken token, String what) {
    if (token != JsonToken.VALUE_STRING) {
      throw wrong("\"" + field.getName() + "\" must be " + what);
    }
    return in.getString();
  }

  private static @Nullable FieldDescriptor field(Descriptor type, String name) {
    var found = type.findFieldByName(name);
    if (found != null) {
      return found;
    }
    return type.getFields().stream()
        .filter(field -> field.getJsonName().equals(name))
        .findFirst()
        .orElse(null);
  }

  private StatusRuntimeException wrong(String text) {
    var at = in.currentTokenLocation();
    return refusal(text + ", line " + at.getLineNr() + " column " + at.getColumnNr());
  }

  private static StatusRuntimeException refusal(String text) {
    return Status.INVALID_ARGUMENT.withDescription(text).asRuntimeException();
  }

  private static String place(JacksonException e) {
    var at = e.getLocation();
    return at == null ? "its end" : "line " + at.getLineNr() + " column " + at.getColumnNr();
  }
}
