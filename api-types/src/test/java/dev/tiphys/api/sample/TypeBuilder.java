package dev.tiphys.api.sample;

import dev.tiphys.api.schema.DynamicStruct;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Field.ListKind;
import dev.tiphys.api.schema.Field.PatchStrategy;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.StructType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Describes structs by hand, as a custom resource's definition would. */
public final class TypeBuilder {

  private final String name;
  private final List<Field> fields = new ArrayList<>();
  private @Nullable GroupVersionKind kind;

  private TypeBuilder(String name) {
    this.name = name;
  }

  public static TypeBuilder type(String name) {
    return new TypeBuilder(name);
  }

  public TypeBuilder kind(String group, String version, String kind) {
    this.kind = new GroupVersionKind(group, version, kind);
    return this;
  }

  public TypeBuilder field(String name, FieldType type) {
    fields.add(Field.plain(fields.size(), name, fields.size() + 1, type));
    return this;
  }

  public TypeBuilder struct(String name, StructType<?> target) {
    return field(name, new FieldType.StructRef(() -> target));
  }

  public TypeBuilder listOf(String name, StructType<?> element) {
    return field(name, new FieldType.ListOf(new FieldType.StructRef(() -> element)));
  }

  /** The last field is needed. */
  public TypeBuilder required() {
    return last(f ->
        with(
            f,
            true,
            f.pointer(),
            f.defaultValue(),
            f.listKind(),
            f.listMapKeys(),
            f.patchStrategy(),
            f.patchMergeKey()));
  }

  /** The last field's zero is not its absence. */
  public TypeBuilder pointer() {
    return last(f ->
        with(
            f,
            f.required(),
            true,
            f.defaultValue(),
            f.listKind(),
            f.listMapKeys(),
            f.patchStrategy(),
            f.patchMergeKey()));
  }

  public TypeBuilder defaultsTo(Object value) {
    return last(f ->
        with(
            f,
            f.required(),
            f.pointer(),
            value,
            f.listKind(),
            f.listMapKeys(),
            f.patchStrategy(),
            f.patchMergeKey()));
  }

  public TypeBuilder listKind(ListKind kind, String... keys) {
    return last(f ->
        with(
            f,
            f.required(),
            f.pointer(),
            f.defaultValue(),
            kind,
            List.of(keys),
            f.patchStrategy(),
            f.patchMergeKey()));
  }

  public TypeBuilder patch(PatchStrategy strategy, @Nullable String key) {
    return last(f ->
        with(
            f,
            f.required(),
            f.pointer(),
            f.defaultValue(),
            f.listKind(),
            f.listMapKeys(),
            strategy,
            key));
  }

  private TypeBuilder last(UnaryOperator<Field> change) {
    fields.set(fields.size() - 1, change.apply(fields.getLast()));
    return this;
  }

  private static Field with(
      Field f,
      boolean required,
      boolean pointer,
      @Nullable Object defaultValue,
      ListKind listKind,
      List<String> keys,
      PatchStrategy strategy,
      @Nullable String mergeKey) {
    return new Field(
        f.index(),
        f.name(),
        f.number(),
        f.inlinePath(),
        f.type(),
        required,
        pointer,
        defaultValue,
        listKind,
        keys,
        strategy,
        mergeKey,
        f.enumValues());
  }

  public StructType<DynamicStruct> build() {
    AtomicReference<StructType<DynamicStruct>> self = new AtomicReference<>();
    self.set(new StructType<>(name, kind, fields, values -> new DynamicStruct(self.get(), values)));
    return self.get();
  }
}
