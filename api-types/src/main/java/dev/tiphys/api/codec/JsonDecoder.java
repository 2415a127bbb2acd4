package dev.tiphys.api.codec;

import dev.tiphys.api.codec.DecodeOptions.Strictness;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads one document into structs. One instance a document; not thread-safe. */
final class JsonDecoder {

  private final JsonParser parser;
  private final JsonScalars scalars;
  private final DecodePath path;
  private final Findings findings;
  private final boolean reports;
  private final TreeDecoder trees;

  JsonDecoder(JsonParser parser, byte[] source, Strictness strictness) {
    this(parser, source, new DecodePath(), new Findings(strictness));
  }

  /** Reads a part of something larger, whose path and findings go on. */
  JsonDecoder(JsonParser parser, byte[] source, DecodePath path, Findings findings) {
    this.parser = parser;
    this.scalars = new JsonScalars(parser, source, path);
    this.path = path;
    this.findings = findings;
    this.reports = findings.wanted();
    this.trees = new TreeDecoder(parser, path, findings);
  }

  /** Says whose field the part is that is read. */
  void within(StructType<?> owner) {
    scalars.enter(owner);
  }

  Findings findings() {
    return findings;
  }

  /** Reads the struct whose first token is the parser's current one. */
  <T extends Struct> T struct(StructType<T> type) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw scalars.mismatch(GoTypes.name(type));
    }
    StructType<?> outer = scalars.enter(type);
    @Nullable Object[] values = new @Nullable Object[type.fields().size()];
    long[] seen = new long[(values.length >> 6) + 1];
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      Field field = type.field(name);
      if (field == null) {
        Field rest = type.rest();
        if (rest == null || Findings.isTypeMeta(type, name)) {
          unknown(type, name);
        } else {
          parser.nextToken();
          values[rest.index()] = trees.addTo((JsonTree) values[rest.index()], name, rest);
        }
        continue;
      }
      int index = field.index();
      if (reports) {
        if ((seen[index >> 6] & 1L << index) != 0) {
          duplicate(name);
        }
        seen[index >> 6] |= 1L << index;
      }
      path.field(name);
      parser.nextToken();
      Object value = value(field.type());
      values[index] = !field.pointer() && !field.required() && isZero(value) ? null : value;
      path.pop();
    }
    scalars.leave(outer);
    return type.create(values);
  }

  /** Where zero and absent are one to upstream, they are absent here. */
  static boolean isZero(@Nullable Object value) {
    return switch (value) {
      case String text -> text.isEmpty();
      case Boolean truth -> !truth;
      case Integer number -> number == 0;
      case Long number -> number == 0;
      case Double number -> number == 0;
      case null, default -> false;
    };
  }

  /** Reads the value whose first token is the parser's current one; null for JSON's null. */
  @Nullable Object value(FieldType type) {
    if (type instanceof FieldType.Tree tree) {
      return trees.read(tree.schema());
    }
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    return switch (type) {
      case FieldType.Tree _ -> throw new IllegalStateException("read above");
      case FieldType.Scalar scalar -> scalars.read(scalar);
      case FieldType.StructRef ref -> struct(ref.target().get());
      case FieldType.ListOf list -> list(list);
      case FieldType.MapOf map -> map(map);
    };
  }

  private List<Object> list(FieldType.ListOf type) {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw scalars.mismatch(GoTypes.name(type));
    }
    List<Object> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      path.index(elements.size());
      Object element = value(type.element());
      elements.add(element == null ? JsonScalars.zero(type.element()) : element);
      path.pop();
    }
    return elements;
  }

  private Map<String, Object> map(FieldType.MapOf type) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw scalars.mismatch(GoTypes.name(type));
    }
    Map<String, Object> entries = new LinkedHashMap<>();
    for (String key = parser.nextName(); key != null; key = parser.nextName()) {
      path.key(key);
      parser.nextToken();
      Object value = value(type.value());
      path.pop();
      Object old = entries.put(key, value == null ? JsonScalars.zero(type.value()) : value);
      if (old != null && reports) {
        duplicate(key);
      }
    }
    return entries;
  }

  private void unknown(StructType<?> type, String name) {
    if (reports && !Findings.isTypeMeta(type, name)) {
      findings.unknown(path.full(name));
    }
    parser.nextToken();
    parser.skipChildren();
  }

  private void duplicate(String name) {
    findings.duplicate(path.full(name));
  }
}
