package dev.tiphys.apiserver.storage;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.StructType;

/**
 * The {@link ObjectCodec} of any kind, written once against its {@link StructType}. Writes protobuf
 * for kinds that have it, as upstream does, and JSON for custom resources; reads both.
 *
 * @param <T> the type of the objects
 */
public final class StructCodec<T extends ApiObject> implements ObjectCodec<T> {

  private final StructType<T> type;
  private final ProtobufCodec protobuf;
  private final boolean writesProtobuf;

  /**
   * The codec of a stored version.
   *
   * @param protobuf shared by all codecs of the process
   */
  public StructCodec(StructType<T> type, ProtobufCodec protobuf) {
    this.type = type;
    this.protobuf = protobuf;
    this.writesProtobuf = ObjectCodec.hasProtobuf(type);
  }

  @Override
  public byte[] encode(T object) {
    return writesProtobuf ? protobuf.encode(object) : JsonCodec.encode(object);
  }

  @Override
  public T decode(byte[] value) {
    return ProtobufCodec.isDocument(value)
        ? protobuf.decode(value, type)
        : JsonCodec.decode(value, type);
  }
}
