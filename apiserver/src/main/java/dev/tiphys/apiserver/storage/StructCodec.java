package dev.tiphys.apiserver.storage;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.StructType;

/**
 * The {@link ObjectCodec} of any kind, written once against its {@link StructType}. Writes JSON,
 * which upstream reads as well.
 *
 * @param <T> the type of the objects
 */
public final class StructCodec<T extends ApiObject> implements ObjectCodec<T> {

  private final StructType<T> type;

  /** The codec of a stored version. */
  public StructCodec(StructType<T> type) {
    this.type = type;
  }

  @Override
  public byte[] encode(T object) {
    return JsonCodec.encode(object);
  }

  @Override
  public T decode(byte[] value) {
    return JsonCodec.decode(value, type);
  }
}
