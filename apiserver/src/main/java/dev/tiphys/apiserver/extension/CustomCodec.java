package dev.tiphys.apiserver.extension;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.merge.Defaults;
import dev.tiphys.api.schema.CustomObject;
import dev.tiphys.apiserver.storage.ObjectCodec;

/**
 * Custom resources as the store keeps them: JSON, each in the version in which it was written. What
 * the schema has come to default since is filled in.
 */
final class CustomCodec implements ObjectCodec<CustomObject> {

  private final Shape shape;

  CustomCodec(Shape shape) {
    this.shape = shape;
  }

  @Override
  public byte[] encode(CustomObject object) {
    return JsonCodec.encode(object);
  }

  @Override
  public CustomObject decode(byte[] value) {
    String apiVersion = JsonCodec.peek(value).apiVersion();
    String version = apiVersion.substring(apiVersion.indexOf('/') + 1);
    return Defaults.apply(JsonCodec.decode(value, shape.version(version).object()));
  }
}
