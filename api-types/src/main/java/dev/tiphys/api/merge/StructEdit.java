package dev.tiphys.api.merge;

import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Changes to one struct, gathered: the struct is only made anew if a value really changes. */
final class StructEdit<T extends Struct> {

  private final StructType<T> type;
  private final @Nullable T original;
  private @Nullable Object @Nullable [] values;

  StructEdit(StructType<T> type, @Nullable T original) {
    this.type = type;
    this.original = original;
    if (original == null) {
      values = new @Nullable Object[type.fields().size()];
    }
  }

  /** An edit of a struct whose Java type the caller does not know. */
  @SuppressWarnings("unchecked")
  static StructEdit<?> of(Struct original) {
    return new StructEdit<>((StructType<Struct>) original.structType(), original);
  }

  /** An edit that starts from a struct, or from nothing. */
  @SuppressWarnings("unchecked")
  static StructEdit<?> of(StructType<?> type, @Nullable Struct original) {
    return new StructEdit<>((StructType<Struct>) type, original);
  }

  @Nullable Object get(int index) {
    @Nullable Object[] known = values;
    if (known != null) {
      return known[index];
    }
    return Objects.requireNonNull(original).get(index);
  }

  void set(int index, @Nullable Object value) {
    Object old = get(index);
    if (old == value || (value == null && isAbsent(old))) {
      return;
    }
    @Nullable Object[] known = values;
    if (known == null) {
      T from = Objects.requireNonNull(original);
      known = new @Nullable Object[type.fields().size()];
      for (int i = 0; i < known.length; i++) {
        known[i] = from.get(i);
      }
      values = known;
    }
    known[index] = value;
  }

  /** Whether nothing was set to another value so far. */
  boolean isUnchanged() {
    return values == null;
  }

  T done() {
    @Nullable Object[] known = values;
    return known == null ? Objects.requireNonNull(original) : type.create(known);
  }

  /** Whether a value of a field is the same as none: null, or a collection without entries. */
  static boolean isAbsent(@Nullable Object value) {
    return switch (value) {
      case null -> true;
      case List<?> list -> list.isEmpty();
      case Map<?, ?> map -> map.isEmpty();
      default -> false;
    };
  }

  /** The value of a field, null if that is the same as none. */
  static @Nullable Object present(@Nullable Object value) {
    return isAbsent(value) ? null : value;
  }
}
