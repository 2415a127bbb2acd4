package dev.tiphys.apiserver.extension;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.merge.Defaults;
import dev.tiphys.api.schema.CustomObject;
import dev.tiphys.api.schema.StructType;
import java.util.List;

/** Makes objects of one version of those of another. Thread-safe. */
@FunctionalInterface
public interface Converter {

  /** {@code None}: the versions have the same fields; only the apiVersion differs. */
  Converter NONE =
      (objects, target) -> objects.stream().map(object -> relabelled(object, target)).toList();

  /**
   * Converts.
   *
   * @param objects all of versions other than the target
   * @return one a given object, in their order
   * @throws dev.tiphys.apiserver.request.ApiException if that fails
   */
  List<CustomObject> convert(List<CustomObject> objects, StructType<CustomObject> target);

  private static CustomObject relabelled(CustomObject object, StructType<CustomObject> target) {
    return Defaults.apply(JsonCodec.decode(JsonCodec.encode(object), target));
  }
}
