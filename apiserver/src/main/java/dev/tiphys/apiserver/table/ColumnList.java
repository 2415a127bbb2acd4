package dev.tiphys.apiserver.table;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.table.Columns.Column;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Columns written down from left to right, each with what makes its cell. Not thread-safe; what
 * {@link #build} returns is.
 *
 * @param <T> the kind
 */
final class ColumnList<T extends ApiObject> {

  private final List<Column> columns = new ArrayList<>();
  private final List<BiFunction<T, Instant, @Nullable Object>> cells = new ArrayList<>();

  /** Begins with the name. */
  static <T extends ApiObject> ColumnList<T> named() {
    return new ColumnList<T>().add(Column.nameColumn(), (object, _) -> Cells.name(object));
  }

  /** Begins with the name and what goes with it. */
  static <T extends ApiObject> ColumnList<T> named(Function<T, String> name) {
    return new ColumnList<T>().add(Column.nameColumn(), (object, _) -> name.apply(object));
  }

  ColumnList<T> text(String heading, Function<T, @Nullable Object> cell) {
    return add(Column.of(heading, "string"), (object, _) -> cell.apply(object));
  }

  ColumnList<T> number(String heading, Function<T, @Nullable Object> cell) {
    return add(Column.of(heading, "integer"), (object, _) -> cell.apply(object));
  }

  ColumnList<T> flag(String heading, Function<T, @Nullable Object> cell) {
    return add(Column.of(heading, "boolean"), (object, _) -> cell.apply(object));
  }

  ColumnList<T> wide(String heading, Function<T, @Nullable Object> cell) {
    return add(Column.wide(heading), (object, _) -> cell.apply(object));
  }

  ColumnList<T> timed(String heading, BiFunction<T, Instant, @Nullable Object> cell) {
    return add(Column.of(heading, "string"), cell);
  }

  ColumnList<T> age() {
    return add(Column.ageColumn(), (object, now) -> Cells.age(object, now));
  }

  private ColumnList<T> add(Column column, BiFunction<T, Instant, @Nullable Object> cell) {
    columns.add(column);
    cells.add(cell);
    return this;
  }

  Columns<T> build() {
    List<BiFunction<T, Instant, @Nullable Object>> all = List.copyOf(cells);
    return new Columns<>(
        columns,
        (object, now) -> {
          List<@Nullable Object> row = new ArrayList<>(all.size());
          all.forEach(cell -> row.add(cell.apply(object, now)));
          return row;
        });
  }
}
