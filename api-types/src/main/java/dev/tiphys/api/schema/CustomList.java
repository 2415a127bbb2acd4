package dev.tiphys.api.schema;

import dev.tiphys.api.meta.v1.ListMeta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of custom resources.
 *
 * @param structType with the fields {@code metadata} and {@code items}
 */
public record CustomList(
    StructType<CustomList> structType, ListMeta metadata, List<CustomObject> items)
    implements ApiList<CustomObject> {

  /** Copies the items. */
  public CustomList {
    items = List.copyOf(items);
  }

  @Override
  public @Nullable Object get(int index) {
    return switch (index) {
      case 0 -> metadata;
      case 1 -> items;
      default -> throw new IndexOutOfBoundsException(index);
    };
  }
}
