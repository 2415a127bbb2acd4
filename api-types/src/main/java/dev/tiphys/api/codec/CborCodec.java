package dev.tiphys.api.codec;

import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.Struct;

/**
 * Structs to the CBOR that Kubernetes speaks (KEP-4222), and CBOR to JSON, from which all reading
 * goes on. All methods are pure and thread-safe.
 */
public final class CborCodec {

  private CborCodec() {}

  /**
   * A struct as a document of its own, enclosed in the tag that says it is CBOR.
   *
   * @throws IllegalArgumentException if its type stands for no kind
   */
  public static byte[] encode(Struct struct) {
    GroupVersionKind kind = struct.structType().kind();
    if (kind == null) {
      throw new IllegalArgumentException(struct.structType() + " does not stand alone");
    }
    return new CborEncoder().document(struct, kind);
  }

  /**
   * A JSON document as CBOR, enclosed in the tag that says it is CBOR.
   *
   * @throws DecodeException if it is not well-formed JSON
   */
  public static byte[] fromJson(byte[] json) {
    return new CborEncoder().document(JsonTree.parse(json));
  }

  /**
   * An event of a watch: an item of a sequence (RFC 8742).
   *
   * @param document the object, encoded
   */
  public static byte[] watchEvent(String type, byte[] document) {
    CborWriter out = new CborWriter().tag(CborWriter.SELF_DESCRIBED).map(2);
    out.value("type").value(type).value("object").raw(document);
    return out.toByteArray();
  }

  /** Whether bytes begin like a document of this codec. */
  public static boolean isDocument(byte[] bytes) {
    return bytes.length > 3
        && bytes[0] == (byte) 0xd9
        && bytes[1] == (byte) 0xd9
        && bytes[2] == (byte) 0xf7;
  }

  /**
   * A document as JSON.
   *
   * @throws DecodeException if it is not one well-formed data item that JSON can say
   */
  public static byte[] toJson(byte[] document) {
    if (document.length > Limits.MAX_BYTES) {
      throw DecodeException.limit("the document has more than " + Limits.MAX_BYTES + " bytes");
    }
    return new CborReader(document).toJson();
  }
}
