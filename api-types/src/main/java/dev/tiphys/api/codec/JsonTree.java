package dev.tiphys.api.codec;

import dev.tiphys.api.value.RawJson;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Any JSON value, for documents without a schema: patches, configuration, what a user's own file
 * says. Objects keep the order of their members. Immutable; equality is JSON's: order of members
 * and notation of numbers do not count.
 */
public sealed interface JsonTree {

  /** An object. */
  record Obj(Map<String, JsonTree> members) implements JsonTree {
    /** Copies the members. */
    public Obj {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /** A member, or null. */
    public @Nullable JsonTree get(String name) {
      return members.get(name);
    }
  }

  /** A list. */
  record Arr(List<JsonTree> elements) implements JsonTree {
    /** Copies the elements. */
    public Arr {
      elements = List.copyOf(elements);
    }
  }

  /** A text. */
  record Text(String value) implements JsonTree {}

  /**
   * A number.
   *
   * @param literal as written
   */
  record Num(String literal) implements JsonTree {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Num that
          && (literal.equals(that.literal)
              || new BigDecimal(literal).compareTo(new BigDecimal(that.literal)) == 0);
    }

    @Override
    public int hashCode() {
      return Double.hashCode(Double.parseDouble(literal));
    }
  }

  /** A truth value. */
  record Bool(boolean value) implements JsonTree {}

  /** Nothing. */
  enum Null implements JsonTree {
    /** Nothing. */
    NULL
  }

  /** The object without members. */
  Obj EMPTY_OBJECT = new Obj(Map.of());

  /**
   * Reads a document.
   *
   * @throws DecodeException if it is not one well-formed JSON value within the limits
   */
  static JsonTree parse(byte[] json) {
    return parse(json, Limits.MAX_BYTES);
  }

  /** {@link #parse(byte[])} with another longest document. */
  static JsonTree parse(byte[] json, int maxBytes) {
    JsonParser parser = JsonSource.open(json, maxBytes);
    try {
      JsonTree tree = read(parser);
      JsonSource.end(parser);
      return tree;
    } catch (JacksonException e) {
      throw JsonSource.malformed(e);
    }
  }

  /** Reads a document. */
  static JsonTree parse(String json) {
    return parse(json.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads a document. */
  static JsonTree parse(RawJson json) {
    return parse(json.json());
  }

  private static JsonTree read(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, JsonTree> members = new LinkedHashMap<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
          parser.nextToken();
          members.put(name, read(parser));
        }
        yield new Obj(members);
      }
      case START_ARRAY -> {
        List<JsonTree> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(read(parser));
        }
        yield new Arr(elements);
      }
      case VALUE_STRING -> new Text(parser.getString());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Num(parser.getString());
      case VALUE_TRUE -> new Bool(true);
      case VALUE_FALSE -> new Bool(false);
      default -> Null.NULL;
    };
  }

  /** Writes the value. */
  default void writeTo(JsonWriter out) {
    switch (this) {
      case Obj object -> {
        out.beginObject();
        object.members().forEach((name, value) -> value.writeTo(out.name(name)));
        out.endObject();
      }
      case Arr list -> {
        out.beginArray();
        list.elements().forEach(element -> element.writeTo(out));
        out.endArray();
      }
      case Text text -> out.value(text.value());
      case Num number -> out.ascii(number.literal());
      case Bool truth -> out.value(truth.value());
      case Null _ -> out.nullValue();
    }
  }

  /** The value in UTF-8. */
  default byte[] toBytes() {
    JsonWriter out = new JsonWriter();
    writeTo(out);
    return out.toByteArray();
  }

  /** The value as JSON text. */
  default String toJson() {
    JsonWriter out = new JsonWriter();
    writeTo(out);
    return out.toString();
  }
}
