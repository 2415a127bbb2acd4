package dev.tiphys.client;

import dev.tiphys.api.meta.v1.ListMeta;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiList;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.StructType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object of any kind of which only the metadata matters: what garbage collection and namespace
 * deletion see. The server is asked for {@code PartialObjectMetadata}; a whole object decodes as
 * well.
 */
public record ObjectHead(ObjectMeta metadata) implements ApiObject {

  /** One field, and no kind of its own, so that an object of any kind reads as one. */
  public static final StructType<ObjectHead> TYPE =
      new StructType<>(
          "io.k8s.apimachinery.pkg.apis.meta.v1.PartialObjectMetadata",
          List.of(Field.plain(0, "metadata", 1, new FieldType.StructRef(() -> ObjectMeta.TYPE))),
          values -> new ObjectHead(values[0] == null ? ObjectMeta.EMPTY : (ObjectMeta) values[0]));

  @Override
  public ObjectHead withMetadata(ObjectMeta metadata) {
    return new ObjectHead(metadata);
  }

  @Override
  public StructType<ObjectHead> structType() {
    return TYPE;
  }

  @Override
  public @Nullable Object get(int index) {
    return switch (index) {
      case 0 -> metadata;
      default -> throw new IndexOutOfBoundsException(index);
    };
  }

  /** How lists of heads read; a list of whole objects reads as well. */
  public static final StructType<HeadList> LIST_TYPE =
      new StructType<>(
          "io.k8s.apimachinery.pkg.apis.meta.v1.PartialObjectMetadataList",
          List.of(
              Field.plain(0, "metadata", 1, new FieldType.StructRef(() -> ListMeta.TYPE)),
              Field.plain(
                  1, "items", 2, new FieldType.ListOf(new FieldType.StructRef(() -> TYPE)))),
          HeadList::of);

  /** A list of heads. */
  public record HeadList(ListMeta metadata, List<ObjectHead> items) implements ApiList<ObjectHead> {

    @SuppressWarnings("unchecked")
    private static HeadList of(@Nullable Object[] values) {
      return new HeadList(
          values[0] == null ? ListMeta.EMPTY : (ListMeta) values[0],
          values[1] == null ? List.of() : (List<ObjectHead>) values[1]);
    }

    @Override
    public StructType<HeadList> structType() {
      return LIST_TYPE;
    }

    @Override
    public Object get(int index) {
      return switch (index) {
        case 0 -> metadata;
        case 1 -> items;
        default -> throw new IndexOutOfBoundsException(index);
      };
    }
  }
}
