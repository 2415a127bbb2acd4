package dev.tiphys.apiserver.table;

import dev.tiphys.api.schema.ApiObject;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a kind. Immutable and thread-safe.
 *
 * @param <T> the kind's record
 * @param columns from left to right
 * @param row makes the cells of an object
 */
public record Columns<T extends ApiObject>(List<Column> columns, Row<T> row) {

  /** Copies the list. */
  public Columns {
    columns = List.copyOf(columns);
  }

  /** The same columns for another version of the kind. */
  public <V extends ApiObject> Columns<V> of(Function<V, T> conversion) {
    return new Columns<>(columns, (object, now) -> row.cells(conversion.apply(object), now));
  }

  /**
   * A column.
   *
   * @param name as the heading, {@code Ready}
   * @param type {@code string}, {@code integer}, {@code boolean}, {@code date}
   * @param format {@code name} for the name, else mostly empty
   * @param description in our words; may be empty
   * @param priority 0 is always shown, above only with {@code -o wide}
   */
  public record Column(String name, String type, String format, String description, int priority) {

    /** A column that is always shown. */
    public static Column of(String name, String type) {
      return new Column(name, type, "", "", 0);
    }

    /** A column of {@code -o wide}. */
    public static Column wide(String name) {
      return new Column(name, "string", "", "", 1);
    }

    /** The first column of nearly every kind. */
    public static Column nameColumn() {
      return new Column("Name", "string", "name", "", 0);
    }

    /** Time since creation. */
    public static Column ageColumn() {
      return of("Age", "string");
    }
  }

  /** Makes the cells of an object: String, Integer, Long, Boolean or null, one a column. */
  @FunctionalInterface
  public interface Row<T> {
    /**
     * The cells.
     *
     * @param now for ages
     */
    List<@Nullable Object> cells(T object, Instant now);
  }
}
