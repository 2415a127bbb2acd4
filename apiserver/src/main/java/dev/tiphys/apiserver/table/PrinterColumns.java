package dev.tiphys.apiserver.table;

import dev.tiphys.api.apiextensions.v1.CustomResourceColumnDefinition;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.CustomObject;
import dev.tiphys.api.value.Rfc3339;
import dev.tiphys.apiserver.extension.schema.JsonPathQuery;
import dev.tiphys.apiserver.table.Columns.Column;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The columns of a custom resource: its name, and what its definition points at. */
public final class PrinterColumns {

  private static final CustomResourceColumnDefinition AGE =
      CustomResourceColumnDefinition.builder()
          .name("Age")
          .type("date")
          .jsonPath(".metadata.creationTimestamp")
          .build();

  private record Cell(String type, JsonPathQuery path) {}

  private PrinterColumns() {}

  /**
   * The columns of a version.
   *
   * @param defined those of its definition; the age if there are none
   * @param tree an object as a tree
   */
  public static Columns<CustomObject> of(
      List<CustomResourceColumnDefinition> defined, Function<CustomObject, JsonTree> tree) {
    List<CustomResourceColumnDefinition> shown = defined.isEmpty() ? List.of(AGE) : defined;
    List<Column> columns = new ArrayList<>();
    List<Cell> cells = new ArrayList<>();
    columns.add(Column.nameColumn());
    for (CustomResourceColumnDefinition column : shown) {
      columns.add(
          new Column(
              text(column.name()),
              text(column.type()),
              text(column.format()),
              text(column.description()),
              column.priority() == null ? 0 : column.priority()));
      cells.add(new Cell(text(column.type()), JsonPathQuery.parse(text(column.jsonPath()))));
    }
    return new Columns<>(
        columns,
        (object, now) -> {
          JsonTree document = tree.apply(object);
          List<@Nullable Object> row = new ArrayList<>();
          row.add(text(object.metadata().name()));
          for (Cell cell : cells) {
            row.add(value(cell, document, now));
          }
          return row;
        });
  }

  private static @Nullable Object value(Cell cell, JsonTree document, Instant now) {
    JsonTree found = cell.path().first(document);
    if (found == null || found instanceof JsonTree.Null) {
      return null;
    }
    return switch (cell.type()) {
      case "integer" ->
          found instanceof JsonTree.Num number
              ? new BigDecimal(number.literal()).longValue()
              : null;
      case "number" ->
          found instanceof JsonTree.Num number ? Double.valueOf(number.literal()) : null;
      case "boolean" -> found instanceof JsonTree.Bool truth ? truth.value() : null;
      case "date" -> found instanceof JsonTree.Text(String text) ? since(text, now) : null;
      default -> found instanceof JsonTree.Text(String text) ? text : found.toJson();
    };
  }

  private static String since(String then, Instant now) {
    try {
      return Cells.since(Rfc3339.parse(then), now);
    } catch (IllegalArgumentException _) {
      return "<invalid>";
    }
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
