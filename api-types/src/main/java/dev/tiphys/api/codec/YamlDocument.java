package dev.tiphys.api.codec;

import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.util.Arrays;

/** One document of a YAML stream, turned into JSON, that still knows its lines. Immutable. */
public final class YamlDocument {

  private final byte[] json;
  private final int[] offsets;
  private final int[] lines;

  YamlDocument(byte[] json, int[] offsets, int[] lines) {
    this.json = json;
    this.offsets = offsets;
    this.lines = lines;
  }

  /** The document as JSON. */
  public byte[] json() {
    return json.clone();
  }

  /** What the document says it is. */
  public TypeMeta peek() {
    return JsonCodec.peek(json);
  }

  /** The document as a tree. */
  public JsonTree tree() {
    return JsonTree.parse(json);
  }

  /** The line, from 1, on which the document begins. */
  public int line() {
    return lines.length == 0 ? 1 : lines[0];
  }

  /**
   * Reads the document as a struct.
   *
   * @throws DecodeException as {@link JsonCodec#decode}; a wrong type's message ends with its line
   */
  public <T extends Struct> Decoded<T> decode(StructType<T> type, DecodeOptions options) {
    try {
      return JsonCodec.decode(json, type, options);
    } catch (DecodeException e) {
      throw e.offset() < 0
          ? e
          : e.withMessage(e.getMessage() + " (line " + lineOf(e.offset()) + ")");
    }
  }

  private int lineOf(long offset) {
    int found = Arrays.binarySearch(offsets, (int) offset);
    int at = found >= 0 ? found : Math.max(0, -found - 2);
    return at < lines.length ? lines[at] : 1;
  }
}
