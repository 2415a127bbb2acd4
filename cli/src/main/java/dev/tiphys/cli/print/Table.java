package dev.tiphys.cli.print;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Durations;
import dev.tiphys.cli.tree.View;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The server's {@code Table}, which says what is worth showing of any kind. Immutable.
 *
 * @param columns what each cell of a row is
 * @param rows the rows
 */
public record Table(List<Column> columns, List<Row> rows) {

  private static final int NO_COLUMN = -1;

  /**
   * A column.
   *
   * @param wide whether it is for {@code -o wide} only
   */
  public record Column(String name, boolean wide) {}

  /**
   * A row.
   *
   * @param object the object, or its metadata
   */
  public record Row(List<String> cells, JsonTree.Obj object) {
    /** The object's metadata. */
    public View metadata() {
      return new View(object).at("metadata");
    }
  }

  /**
   * Reads an answer: a Table, or else an object or list, of which name and age are shown.
   *
   * @param now ages are counted to here
   */
  public static Table read(JsonTree.Obj answer, Instant now) {
    View view = new View(answer);
    if (view.at("kind").text().equals("Table")) {
      return new Table(columns(view), rows(view));
    }
    List<View> objects =
        view.at("items").tree() instanceof JsonTree.Arr ? view.at("items").items() : List.of(view);
    return new Table(
        List.of(new Column("Name", false), new Column("Age", false)),
        objects.stream().map(each -> nameAndAge(each, now)).toList());
  }

  private static Row nameAndAge(View object, Instant now) {
    Instant created = object.at("metadata", "creationTimestamp").instant();
    return new Row(
        List.of(
            object.at("metadata", "name").text(),
            created == null ? "<unknown>" : Durations.shown(Duration.between(created, now))),
        object.object());
  }

  private static List<Column> columns(View table) {
    return table.at("columnDefinitions").items().stream()
        .map(each -> new Column(each.at("name").text(), each.at("priority").number(0) > 0))
        .toList();
  }

  private static List<Row> rows(View table) {
    return table.at("rows").items().stream()
        .map(each ->
            new Row(
                each.at("cells").items().stream().map(Table::cell).toList(),
                each.at("object").object()))
        .toList();
  }

  private static String cell(View cell) {
    String text = cell.exists() ? cell.text() : "<none>";
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r' || c == '\f') {
        return text.substring(0, i) + "...";
      }
    }
    return text;
  }

  /** This table, or one with these columns if this one's answer left them out, as watches do. */
  public Table withColumns(List<Column> known) {
    return columns.isEmpty() ? new Table(known, rows) : this;
  }

  /** This table with more rows. */
  public Table plus(Table more) {
    List<Row> all = new ArrayList<>(rows);
    all.addAll(more.rows);
    return new Table(columns.isEmpty() ? more.columns : columns, all);
  }

  /** The line of column names. */
  public List<String> header(TableOptions options) {
    List<String> header = new ArrayList<>();
    if (options.namespaces()) {
      header.add("NAMESPACE");
    }
    columns.stream()
        .filter(column -> options.wide() || !column.wide())
        .forEach(column -> header.add(column.name().toUpperCase(Locale.ROOT)));
    options.labelColumns().forEach(label -> header.add(shortLabel(label)));
    if (options.showLabels()) {
      header.add("LABELS");
    }
    return header;
  }

  private static String shortLabel(String label) {
    return label.substring(label.lastIndexOf('/') + 1).toUpperCase(Locale.ROOT);
  }

  /** The lines of rows. */
  public List<List<String>> lines(TableOptions options) {
    return rows.stream().map(row -> line(row, options)).toList();
  }

  private List<String> line(Row row, TableOptions options) {
    List<String> line = new ArrayList<>();
    if (options.namespaces()) {
      line.add(row.metadata().at("namespace").text());
    }
    int first = options.namePrefix().isEmpty() ? NO_COLUMN : nameColumn();
    for (int i = 0; i < Math.min(columns.size(), row.cells().size()); i++) {
      if (options.wide() || !columns.get(i).wide()) {
        line.add((i == first ? options.namePrefix() : "") + row.cells().get(i));
      }
    }
    View labels = row.metadata().at("labels");
    options.labelColumns().forEach(label -> line.add(labels.at(label).text()));
    if (options.showLabels()) {
      line.add(Labels.shown(labels));
    }
    return line;
  }

  private int nameColumn() {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equalsIgnoreCase("name")) {
        return i;
      }
    }
    return 0;
  }
}
