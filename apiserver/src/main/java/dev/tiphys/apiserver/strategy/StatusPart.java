package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.StructType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An object's two halves: the status, which reports, and everything else, which asks. Works on any
 * kind by the names of its fields; kinds without a status pass through unchanged.
 */
public final class StatusPart {

  private static final String STATUS = "status";
  private static final String METADATA = "metadata";

  private StatusPart() {}

  /** The object without a status. */
  public static <T extends ApiObject> T clear(T object) {
    Field status = object.structType().field(STATUS);
    return status == null || object.get(status.index()) == null
        ? object
        : with(object, status, null);
  }

  /** {@code to} with the status of {@code from}. */
  public static <T extends ApiObject> T copy(T from, T to) {
    Field status = to.structType().field(STATUS);
    return status == null || Objects.equals(from.get(status.index()), to.get(status.index()))
        ? to
        : with(to, status, from.get(status.index()));
  }

  /**
   * {@code old} with the status of {@code object}, and its metadata but for the labels and what the
   * owner decides: those stay.
   */
  public static <T extends ApiObject> T onlyStatusOf(T object, T old) {
    ObjectMeta metadata =
        object.metadata().toBuilder()
            .labels(old.metadata().labels())
            .ownerReferences(old.metadata().ownerReferences())
            .build();
    T kept = with(old, Objects.requireNonNull(old.structType().field(METADATA)), metadata);
    return copy(object, kept);
  }

  /** Whether two versions differ in a field other than metadata and status. */
  public static boolean differsBesidesStatus(ApiObject object, ApiObject old) {
    for (Field field : object.structType().fields()) {
      if (!field.name().equals(STATUS)
          && !field.name().equals(METADATA)
          && !Objects.equals(object.get(field.index()), old.get(field.index()))) {
        return true;
      }
    }
    return false;
  }

  /** The object with one field replaced. */
  @SuppressWarnings("unchecked") // an object's type makes objects of the same Java class
  public static <T extends ApiObject> T with(T object, Field field, @Nullable Object value) {
    StructType<?> type = object.structType();
    @Nullable Object[] values = new @Nullable Object[type.fields().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = object.get(i);
    }
    values[field.index()] = value;
    return (T) type.create(values);
  }
}
