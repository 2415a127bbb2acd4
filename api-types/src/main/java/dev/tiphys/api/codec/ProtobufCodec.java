package dev.tiphys.api.codec;

import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Structs to the protobuf that Kubernetes speaks and stores, and back: a document is {@code k8s\0}
 * and an envelope with apiVersion, kind and the message. Written in one order, so that equal
 * structs have equal bytes.
 *
 * <p>Read: unknown fields are skipped; a zero is absent unless its field is required or a
 * {@linkplain dev.tiphys.api.schema.Field#pointer() pointer}, for upstream writes zeros of all
 * others. Fields without a number have no protobuf form and are left out. Thread-safe; keeps what
 * it has learned of each type.
 */
public final class ProtobufCodec {

  /**
   * Where in a document the message is.
   *
   * @param type what the envelope says the message is
   * @param offset of the message's first byte
   * @param length of the message
   */
  public record Envelope(TypeMeta type, int offset, int length) {}

  private static final byte[] MAGIC = {'k', '8', 's', 0};

  /** Fields of the envelope: the content's encoding and type, which Kubernetes leaves empty. */
  private static final byte[] ENVELOPE_END = {0x1a, 0, 0x22, 0};

  private final ConcurrentMap<StructType<?>, ProtoPlan> plans = new ConcurrentHashMap<>();

  private ProtoPlan plan(StructType<?> type) {
    ProtoPlan known = plans.get(type);
    return known != null ? known : plans.computeIfAbsent(type, ProtoPlan::of);
  }

  /**
   * A struct as a document of its own.
   *
   * @throws IllegalArgumentException if its type stands for no kind
   */
  public byte[] encode(Struct struct) {
    GroupVersionKind kind = struct.structType().kind();
    return encode(struct, kind == null ? "" : kind.apiVersion());
  }

  /** {@link #encode(Struct)} as another version of its kind, which has the same message. */
  public byte[] encode(Struct struct, String apiVersion) {
    GroupVersionKind kind = struct.structType().kind();
    if (kind == null) {
      throw new IllegalArgumentException(struct.structType() + " does not stand alone");
    }
    ProtoWriter out = new ProtoWriter(1024);
    out.bytes(ENVELOPE_END);
    int before = out.size();
    ProtoEncoder encoder = new ProtoEncoder(this::plan, out);
    encoder.struct(struct);
    out.endField(2, before);
    envelopeStart(out, apiVersion, kind.kind());
    return out.toByteArray();
  }

  private static void envelopeStart(ProtoWriter out, String apiVersion, String kind) {
    ProtoEncoder encoder = new ProtoEncoder(ProtoPlan::of, out);
    int before = out.size();
    encoder.text(2, kind);
    encoder.text(1, apiVersion);
    out.endField(1, before);
    out.bytes(MAGIC);
  }

  /** A struct as a message, without envelope. */
  public byte[] encodeMessage(Struct struct) {
    ProtoWriter out = new ProtoWriter(1024);
    new ProtoEncoder(this::plan, out).struct(struct);
    return out.toByteArray();
  }

  /** Whether bytes begin like a document of this codec. */
  public static boolean isDocument(byte[] bytes) {
    return bytes.length >= MAGIC.length
        && bytes[0] == MAGIC[0]
        && bytes[1] == MAGIC[1]
        && bytes[2] == MAGIC[2]
        && bytes[3] == MAGIC[3];
  }

  /**
   * Opens a document.
   *
   * @throws DecodeException if it is none, or broken
   */
  public static Envelope open(byte[] document) {
    if (!isDocument(document)) {
      throw DecodeException.syntax(
          "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
          0,
          null);
    }
    ProtoReader in = new ProtoReader(document, MAGIC.length, document.length - MAGIC.length);
    TypeMeta type = new TypeMeta("", "");
    int offset = document.length;
    int length = 0;
    while (!in.atEnd()) {
      int tag = in.tag();
      if (tag == (1 << 3 | ProtoReader.LENGTH_DELIMITED)) {
        int outer = in.enter();
        type = typeMeta(in);
        in.leave(outer);
      } else if (tag == (2 << 3 | ProtoReader.LENGTH_DELIMITED)) {
        int outer = in.enter();
        offset = in.position();
        in.leave(outer);
        length = in.position() - offset;
      } else {
        in.skip(tag);
      }
    }
    return new Envelope(type, offset, length);
  }

  private static TypeMeta typeMeta(ProtoReader in) {
    String apiVersion = "";
    String kind = "";
    while (!in.atEnd()) {
      int tag = in.tag();
      switch (tag) {
        case 1 << 3 | ProtoReader.LENGTH_DELIMITED -> apiVersion = in.text();
        case 2 << 3 | ProtoReader.LENGTH_DELIMITED -> kind = in.text();
        default -> in.skip(tag);
      }
    }
    return new TypeMeta(apiVersion, kind);
  }

  /**
   * Reads a document, whatever kind its envelope tells.
   *
   * @throws DecodeException if it is none, or broken
   */
  public <T extends Struct> T decode(byte[] document, StructType<T> type) {
    Envelope envelope = open(document);
    return decodeMessage(document, envelope.offset(), envelope.length(), type);
  }

  /**
   * Reads a message without envelope.
   *
   * @throws DecodeException if it is broken
   */
  public <T extends Struct> T decodeMessage(
      byte[] bytes, int offset, int length, StructType<T> type) {
    return new ProtoDecoder(this::plan, new ProtoReader(bytes, offset, length)).struct(type);
  }

  /**
   * The beginning of a list: everything up to the first item. Each item follows as {@link
   * #itemHead} and its message, then {@link #listEnd}.
   *
   * @param listKind as {@code PodList}
   * @param metadata the list's
   * @param itemsLength the bytes of all items with their heads
   */
  public byte[] listStart(GroupVersionKind listKind, Struct metadata, long itemsLength) {
    ProtoWriter out = new ProtoWriter(256);
    new ProtoEncoder(this::plan, out).struct(metadata);
    out.endField(1, 0);
    out.varint(out.size() + itemsLength);
    out.tag(2, ProtoReader.LENGTH_DELIMITED);
    envelopeStart(out, listKind.apiVersion(), listKind.kind());
    return out.toByteArray();
  }

  /** What stands before an item of a list. */
  public static byte[] itemHead(int messageLength) {
    ProtoWriter out = new ProtoWriter(16);
    out.varint(messageLength);
    out.tag(2, ProtoReader.LENGTH_DELIMITED);
    return out.toByteArray();
  }

  /** The end of a list. */
  public static byte[] listEnd() {
    return ENVELOPE_END.clone();
  }

  /**
   * A watch event: a bare message, for its reader knows what comes. On the wire four bytes with its
   * length, big end first, stand before it.
   *
   * @param type as {@code ADDED}
   * @param object the object's document, envelope included
   */
  public static byte[] watchEvent(String type, byte[] object) {
    ProtoWriter out = new ProtoWriter(object.length + 128);
    out.bytes(object);
    out.endField(1, 0);
    out.endField(2, 0);
    new ProtoEncoder(ProtoPlan::of, out).text(1, type);
    return out.toByteArray();
  }

  /**
   * A watch event, opened.
   *
   * @param type as {@code ADDED}
   * @param object the object's document
   */
  public record WatchEvent(String type, byte[] object) {}

  /**
   * Reads a watch event.
   *
   * @throws DecodeException if it is none, or broken
   */
  public static WatchEvent decodeWatchEvent(byte[] message) {
    ProtoReader in = new ProtoReader(message, 0, message.length);
    String type = "";
    byte[] object = new byte[0];
    while (!in.atEnd()) {
      int tag = in.tag();
      if (tag == (1 << 3 | ProtoReader.LENGTH_DELIMITED)) {
        type = in.text();
      } else if (tag == (2 << 3 | ProtoReader.LENGTH_DELIMITED)) {
        int outer = in.enter();
        while (!in.atEnd()) {
          int inner = in.tag();
          if (inner == (1 << 3 | ProtoReader.LENGTH_DELIMITED)) {
            object = in.byteString();
          } else {
            in.skip(inner);
          }
        }
        in.leave(outer);
      } else {
        in.skip(tag);
      }
    }
    return new WatchEvent(type, object);
  }
}
