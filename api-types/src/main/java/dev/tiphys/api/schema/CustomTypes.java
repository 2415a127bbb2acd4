package dev.tiphys.api.schema;

import dev.tiphys.api.apiextensions.v1.JSONSchemaProps;
import dev.tiphys.api.meta.v1.ListMeta;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.FieldType.ListOf;
import dev.tiphys.api.schema.FieldType.StructRef;
import dev.tiphys.api.schema.FieldType.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the types of custom resources of their schemas. */
public final class CustomTypes {

  private static final Set<String> TYPE_META = Set.of("apiVersion", "kind", "metadata");

  private CustomTypes() {}

  /**
   * The type of the objects of a version.
   *
   * @param kind of the objects
   * @param schema of the whole object
   */
  public static StructType<CustomObject> object(GroupVersionKind kind, TreeSchema schema) {
    List<Field> fields = new ArrayList<>();
    fields.add(Field.plain(0, "metadata", 1, new StructRef(() -> ObjectMeta.TYPE)));
    schema
        .properties()
        .forEach((name, property) -> {
          if (!TYPE_META.contains(name)) {
            fields.add(tree(fields.size(), name, property));
          }
        });
    if (schema.preservesUnknown()) {
      fields.add(tree(fields.size(), "", TreeSchema.ANYTHING));
    }
    return made(name(kind), kind, schema, fields, type -> values -> new CustomObject(type, values));
  }

  private static Field tree(int index, String name, TreeSchema schema) {
    return Field.plain(index, name, 0, new Tree(schema));
  }

  /** The type of lists of the objects of a version. */
  public static StructType<CustomList> list(
      GroupVersionKind listKind, StructType<CustomObject> object) {
    List<Field> fields =
        List.of(
            Field.plain(0, "metadata", 1, new StructRef(() -> ListMeta.TYPE)),
            new Field(
                1,
                "items",
                2,
                List.of(),
                new ListOf(new StructRef(() -> object)),
                true,
                false,
                null,
                Field.ListKind.ATOMIC,
                List.of(),
                Field.PatchStrategy.REPLACE,
                null,
                List.of()));
    return made(name(listKind), listKind, null, fields, type -> values -> list(type, values));
  }

  @SuppressWarnings("unchecked") // a list's field is made of the elements of its type
  private static CustomList list(StructType<CustomList> type, @Nullable Object[] values) {
    return new CustomList(
        type,
        values[0] == null ? ListMeta.EMPTY : (ListMeta) values[0],
        values[1] == null ? List.of() : (List<CustomObject>) values[1]);
  }

  /** A type whose values know it. */
  private static <T extends Struct> StructType<T> made(
      String name,
      GroupVersionKind kind,
      @Nullable TreeSchema schema,
      List<Field> fields,
      Function<StructType<T>, Function<@Nullable Object[], T>> factory) {
    AtomicReference<@Nullable StructType<T>> self = new AtomicReference<>();
    StructType<T> type =
        new StructType<>(
            name,
            kind,
            false,
            schema,
            fields,
            values -> {
              StructType<T> known = self.get();
              if (known == null) {
                throw new IllegalStateException(name + " is not made yet");
              }
              return factory.apply(known).apply(values);
            });
    self.set(type);
    return type;
  }

  /** {@code com.example.stable.v1.CronTab}: the group's parts in reverse, as upstream has it. */
  public static String name(GroupVersionKind kind) {
    List<String> parts = new ArrayList<>(List.of(kind.group().split("\\.")));
    return String.join(".", parts.reversed()) + "." + kind.version() + "." + kind.kind();
  }

  /** A schema that says nothing but that the value is an object. */
  public static TreeSchema anyObject() {
    return TreeSchema.of(
        JSONSchemaProps.builder().type("object").xKubernetesPreserveUnknownFields(true).build());
  }
}
