package dev.tiphys.api.codec;

import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * YAML to structs and back, by way of JSON, so that everything that is said of {@link JsonCodec}
 * holds. Unquoted words mean what they mean to kubectl: {@code yes} and {@code off} are truth
 * values, {@code 0644} is octal. Anchors, aliases and {@code <<} work within limits. All methods
 * are pure and thread-safe.
 */
public final class YamlCodec {

  private YamlCodec() {}

  /**
   * The documents of a stream that are not empty.
   *
   * @throws DecodeException if one cannot be read
   */
  public static List<YamlDocument> documents(byte[] yaml) {
    if (yaml.length > Limits.MAX_BYTES) {
      throw DecodeException.limit("the document has more than " + Limits.MAX_BYTES + " bytes");
    }
    try {
      return documents(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(yaml)).toString());
    } catch (CharacterCodingException e) {
      throw YamlReader.malformed("invalid UTF-8", e);
    }
  }

  /** {@link #documents(byte[])} of text. */
  public static List<YamlDocument> documents(String yaml) {
    int limit = Math.max(1 << 16, yaml.length()) * Limits.MAX_YAML_GROWTH;
    List<YamlDocument> documents = new ArrayList<>();
    for (YamlReader.Node root : YamlReader.read(yaml)) {
      documents.add(new Converter(limit < 0 ? Integer.MAX_VALUE : limit).convert(root));
    }
    return documents;
  }

  /**
   * Reads the only document of a stream.
   *
   * @throws DecodeException if it cannot be read, or there is none or another
   */
  public static <T extends Struct> Decoded<T> decode(
      byte[] yaml, StructType<T> type, DecodeOptions options) {
    return single(yaml).decode(type, options);
  }

  /**
   * The only document of a stream.
   *
   * @throws DecodeException if it cannot be read, or there is none or another
   */
  public static YamlDocument single(byte[] yaml) {
    List<YamlDocument> documents = documents(yaml);
    if (documents.size() != 1) {
      throw YamlReader.malformed("expected one document, found " + documents.size(), null);
    }
    return documents.getFirst();
  }

  /** A struct as kubectl prints it: block style, keys sorted. Ends with a line break. */
  public static String encode(Struct struct) {
    return encode(JsonCodec.toTree(struct));
  }

  /** Any value as kubectl prints it. Ends with a line break. */
  public static String encode(JsonTree tree) {
    return YamlWriter.write(tree);
  }

  /** Writes nodes as JSON and notes which line each came from. */
  private static final class Converter {
    private final JsonWriter out = new JsonWriter();
    private final int limit;
    private int[] offsets = new int[64];
    private int[] lines = new int[64];
    private int marks;

    Converter(int limit) {
      this.limit = limit;
    }

    YamlDocument convert(YamlReader.Node root) {
      write(root);
      return new YamlDocument(
          out.toByteArray(), Arrays.copyOf(offsets, marks), Arrays.copyOf(lines, marks));
    }

    private void write(YamlReader.Node node) {
      mark(node.line());
      switch (node) {
        case YamlReader.Word word -> {
          if (word.isText()) {
            out.value(word.value());
          } else {
            out.ascii(word.value());
          }
        }
        case YamlReader.Sequence list -> {
          out.beginArray();
          list.elements().forEach(this::write);
          out.endArray();
        }
        case YamlReader.Mapping map -> {
          out.beginObject();
          for (YamlReader.Entry entry : map.entries()) {
            out.name(entry.key());
            write(entry.value());
          }
          out.endObject();
        }
      }
    }

    private void mark(int line) {
      if (out.size() > limit) {
        throw DecodeException.limit("document contains excessive aliasing");
      }
      if (marks == offsets.length) {
        offsets = Arrays.copyOf(offsets, marks * 2);
        lines = Arrays.copyOf(lines, marks * 2);
      }
      offsets[marks] = out.size();
      lines[marks++] = line;
    }
  }
}
