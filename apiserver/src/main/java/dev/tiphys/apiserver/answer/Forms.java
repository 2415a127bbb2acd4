package dev.tiphys.apiserver.answer;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.apiserver.request.MediaTypes;
import dev.tiphys.apiserver.storage.Encoding;
import dev.tiphys.apiserver.storage.Stored;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The encoded forms of a resource's objects, JSON and protobuf, each made once an object and kept
 * by the cache. JSON is kept without its opening brace, so that the same bytes serve alone and in a
 * watch (behind kind and apiVersion) and within a list (where upstream writes neither, but for
 * custom resources). Thread-safe.
 *
 * @param <T> the served kind
 */
public final class Forms<T extends ApiObject> {

  private static final byte[] OPEN = ascii("{");
  private static final byte[] NEXT = ascii(",{");

  private final byte[] head;
  private final byte[] nextHead;
  private final Encoding<T> jsonTail;
  private final Encoding<T> protobuf;

  /**
   * Prepares the forms of a kind.
   *
   * @param firstSlot of the slots that the cache keeps for this kind; several versions of one
   *     stored object use different ones
   */
  public Forms(GroupVersionKind kind, int firstSlot) {
    JsonWriter start = new JsonWriter(64);
    start.beginObject().field("kind", kind.kind()).field("apiVersion", kind.apiVersion());
    this.head = ascii(start.toString() + ",");
    this.nextHead = ascii("," + start + ",");
    this.jsonTail =
        new Encoding<>() {
          @Override
          public int slot() {
            return firstSlot;
          }

          @Override
          public byte[] encode(T object) {
            return tail(object);
          }
        };
    this.protobuf =
        new Encoding<>() {
          @Override
          public int slot() {
            return firstSlot + 1;
          }

          @Override
          public byte[] encode(T object) {
            return Documents.protobuf(object);
          }
        };
  }

  private static byte[] tail(ApiObject object) {
    JsonWriter out = new JsonWriter();
    JsonCodec.writeFields(out, object);
    byte[] whole = out.toByteArray();
    return Arrays.copyOfRange(whole, 1, whole.length);
  }

  /** The slot of what a watch is sent in an encoding; -1 for none. */
  int slot(MediaTypes.Encoding encoding) {
    return switch (encoding) {
      case JSON -> jsonTail.slot();
      case PROTOBUF -> protobuf.slot();
      case YAML, CBOR -> -1;
    };
  }

  /** An object as a document of its own. */
  public List<byte[]> json(Stored<T> stored) {
    return List.of(head, stored.encoded(jsonTail));
  }

  /** An object that no cache knows, as a document of its own. */
  public List<byte[]> json(T object) {
    return List.of(head, tail(object));
  }

  /** An object as a protobuf document of its own. */
  byte[] protobuf(Stored<T> stored) {
    return stored.encoded(protobuf);
  }

  /** An object as a protobuf message without its envelope. */
  byte[] protobufMessage(Stored<T> stored) {
    byte[] document = protobuf(stored);
    ProtobufCodec.Envelope envelope = ProtobufCodec.open(document);
    return Arrays.copyOfRange(document, envelope.offset(), envelope.offset() + envelope.length());
  }

  /**
   * The segment before an object within a list.
   *
   * @param first whether it is the first of the list
   * @param named whether it says what it is
   */
  byte[] beforeItem(boolean first, boolean named) {
    if (named) {
      return first ? head : nextHead;
    }
    return first ? OPEN : NEXT;
  }

  /** An object within a list, after {@link #beforeItem}. */
  byte[] item(Stored<T> stored) {
    return stored.encoded(jsonTail);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
