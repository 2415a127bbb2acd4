package dev.tiphys.api.codec;

import dev.tiphys.api.codec.DecodeOptions.Strictness;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.FieldType.Scalar;
import dev.tiphys.api.schema.StructType;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;

/**
 * Decodes values out of a document that is not an object itself but says where its values belong: a
 * patch. Whoever walks the patch tells where in the object it stands, so that errors and findings
 * read as if the whole object had been decoded. One instance a patch; not thread-safe.
 */
public final class PartDecoder {

  private final DecodePath path = new DecodePath();
  private final Findings findings;

  /** Starts at the top of the object. */
  public PartDecoder(Strictness strictness) {
    this.findings = new Findings(strictness);
  }

  /** Goes into a field. */
  public void enterField(String name) {
    path.field(name);
  }

  /** Goes into an entry of a map. */
  public void enterKey(String key) {
    path.key(key);
  }

  /** Goes into an element of a list. */
  public void enterElement(int index) {
    path.index(index);
  }

  /** Comes back out. */
  public void leave() {
    path.pop();
  }

  /** Notes that a struct here has no such field, unless the name tells its kind. */
  public void unknown(StructType<?> type, String name) {
    if (findings.wanted() && !Findings.isTypeMeta(type, name)) {
      findings.unknown(path.full(name));
    }
  }

  /**
   * Decodes the value of the field, entry or element that was last entered; null for JSON's null.
   *
   * @param owner the struct that the last entered field is of
   * @throws DecodeException if it has another type
   */
  public @Nullable Object decode(JsonTree value, FieldType type, StructType<?> owner) {
    if (value instanceof JsonTree.Null) {
      return null;
    }
    if (type == Scalar.STRING && value instanceof JsonTree.Text text) {
      return text.value();
    }
    byte[] json = value.toBytes();
    JsonParser parser = JsonSource.open(json, Limits.MAX_BYTES);
    JsonDecoder decoder = new JsonDecoder(parser, json, path, findings);
    decoder.within(owner);
    try {
      return decoder.value(type);
    } catch (JacksonException e) {
      throw JsonSource.malformed(e);
    }
  }

  /**
   * The patched object with what was found.
   *
   * @throws DecodeException if something was found and decoding is strict
   */
  public <T> Decoded<T> finish(T value) {
    return findings.around(value);
  }
}
