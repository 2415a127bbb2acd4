package dev.tiphys.api.codec;

import dev.tiphys.api.codec.DecodeOptions.Strictness;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Structs to JSON in UTF-8 and back.
 *
 * <p>Written: {@code kind} and {@code apiVersion} first, for types that stand alone; then fields in
 * the order of the type; keys of maps sorted; absent fields not at all, nor empty lists and maps of
 * fields that are not required.
 *
 * <p>Read: null is absent. A zero ({@code ""}, {@code 0}, {@code false}) is absent too unless the
 * field is required or {@link dev.tiphys.api.schema.Field#pointer()}, as it is to upstream, whose
 * JSON leaves such zeros out: whoever makes types for custom resources sets {@code pointer} on
 * every scalar. Names are matched with case. {@code kind} and {@code apiVersion} are taken as read:
 * {@link #peek} tells them beforehand.
 *
 * <p>All methods are pure and thread-safe; a struct of a wrong type within a field fails with a
 * {@link ClassCastException}.
 */
public final class JsonCodec {

  private JsonCodec() {}

  /** A struct as a document of its own. */
  public static byte[] encode(Struct struct) {
    return write(struct).toByteArray();
  }

  /** {@link #encode} as text. */
  public static String encodeToString(Struct struct) {
    return write(struct).toString();
  }

  private static JsonWriter write(Struct struct) {
    JsonWriter out = new JsonWriter();
    JsonEncoder.document(out, struct);
    return out;
  }

  /** Writes a struct as a part of a larger document: without kind and apiVersion. */
  public static void writeFields(JsonWriter out, Struct struct) {
    JsonEncoder.struct(out, struct);
  }

  /** Writes a struct's fields into an object that is open already. */
  public static void writeMembers(JsonWriter out, Struct struct) {
    JsonEncoder.fields(out, struct, struct.structType());
  }

  /** Writes a struct within a larger document, with kind and apiVersion if its type has them. */
  public static void writeObject(JsonWriter out, Struct struct) {
    JsonEncoder.document(out, struct);
  }

  /** Writes one value of a field's type. */
  public static void writeValue(JsonWriter out, FieldType type, Object value) {
    JsonEncoder.value(out, type, value);
  }

  /** One value of a field's type as JSON text. */
  public static String valueToString(FieldType type, Object value) {
    JsonWriter out = new JsonWriter(64);
    JsonEncoder.value(out, type, value);
    return out.toString();
  }

  /** A struct as a tree, with kind and apiVersion if its type has them. */
  public static JsonTree toTree(Struct struct) {
    return JsonTree.parse(encode(struct));
  }

  /**
   * Any value of a field as JSON text, told by its Java type: for messages that show it.
   *
   * @param value a scalar, struct, list or map as fields hold them, or null
   */
  public static String anyToString(@Nullable Object value) {
    JsonWriter out = new JsonWriter(64);
    JsonEncoder.any(out, value);
    return out.toString();
  }

  /**
   * Reads a document that comes from where schemas are ours: a store, another daemon.
   *
   * @throws DecodeException if it cannot be read
   */
  public static <T extends Struct> T decode(byte[] json, StructType<T> type) {
    return decode(json, type, DecodeOptions.LENIENT).value();
  }

  /** {@link #decode(byte[], StructType)} of text. */
  public static <T extends Struct> T decode(String json, StructType<T> type) {
    return decode(json.getBytes(StandardCharsets.UTF_8), type);
  }

  /**
   * Reads a document.
   *
   * @throws DecodeException if it cannot be read, or has unknown or duplicate fields and the
   *     options are strict
   */
  public static <T extends Struct> Decoded<T> decode(
      byte[] json, StructType<T> type, DecodeOptions options) {
    JsonParser parser = JsonSource.open(json, options.maxBytes());
    JsonDecoder decoder = new JsonDecoder(parser, json, options.strictness());
    try {
      T value = decoder.struct(type);
      JsonSource.end(parser);
      return decoder.findings().around(value);
    } catch (JacksonException e) {
      throw JsonSource.malformed(e);
    }
  }

  /**
   * Reads one value of a field's type; null for JSON's null.
   *
   * @throws DecodeException if it cannot be read
   */
  public static @Nullable Object decodeValue(byte[] json, FieldType type, Strictness strictness) {
    JsonParser parser = JsonSource.open(json, Limits.MAX_BYTES);
    JsonDecoder decoder = new JsonDecoder(parser, json, strictness);
    try {
      Object value = decoder.value(type);
      JsonSource.end(parser);
      decoder.findings().check();
      return value;
    } catch (JacksonException e) {
      throw JsonSource.malformed(e);
    }
  }

  /**
   * What a document says it is, wherever in it that stands. Nothing else is checked.
   *
   * @throws DecodeException if it is not an object, or cannot be read up to there
   */
  public static TypeMeta peek(byte[] json) {
    JsonParser parser = JsonSource.open(json, Limits.MAX_BYTES);
    String apiVersion = null;
    String kind = null;
    try {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw DecodeException.type("json: the document is not an object", 0);
      }
      String name = parser.nextName();
      while (name != null && (apiVersion == null || kind == null)) {
        JsonToken token = parser.nextToken();
        if (name.equals("apiVersion") && token == JsonToken.VALUE_STRING) {
          apiVersion = parser.getString();
        } else if (name.equals("kind") && token == JsonToken.VALUE_STRING) {
          kind = parser.getString();
        }
        parser.skipChildren();
        name = parser.nextName();
      }
      return new TypeMeta(apiVersion == null ? "" : apiVersion, kind == null ? "" : kind);
    } catch (JacksonException e) {
      throw JsonSource.malformed(e);
    }
  }

  /**
   * The beginning of a list: everything up to where the first item goes. Items follow with commas
   * between, each as {@code '{'} and its encoded bytes from {@link #itemOffset} on; then {@link
   * #listEnd}.
   *
   * @param listKind as {@code PodList}
   * @param metadata the list's
   */
  public static byte[] listStart(GroupVersionKind listKind, Struct metadata) {
    JsonWriter out = new JsonWriter(256);
    out.beginObject();
    out.field("kind", listKind.kind()).field("apiVersion", listKind.apiVersion());
    JsonEncoder.struct(out.name("metadata"), metadata);
    out.name("items").beginArray();
    return out.toByteArray();
  }

  /** The end of a list. */
  public static byte[] listEnd() {
    return new byte[] {']', '}'};
  }

  /**
   * How many bytes of an {@link #encode encoded} object hold its kind and apiVersion, which items
   * of a list do without.
   */
  public static int itemOffset(GroupVersionKind kind) {
    JsonWriter out = new JsonWriter(96);
    out.beginObject();
    out.field("kind", kind.kind()).field("apiVersion", kind.apiVersion());
    // The comma behind counts too: an object always has metadata.
    return out.size() + 1;
  }
}
