package dev.tiphys.cli.get;

import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.print.Grid;
import dev.tiphys.cli.print.Table;
import dev.tiphys.cli.print.TableOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts the tables of several queries below each other, those of one resource together. */
final class Tables {

  private final TableOptions options;
  private final boolean headers;
  private final String sortBy;
  private final Map<ApiResource, Table> tables = new LinkedHashMap<>();

  Tables(TableOptions options, boolean headers, String sortBy) {
    this.options = options;
    this.headers = headers;
    this.sortBy = sortBy;
  }

  void add(ApiResource resource, Table table) {
    tables.merge(resource, table, Table::plus);
  }

  /** All tables that have rows. */
  String text() {
    boolean several = tables.size() > 1;
    StringBuilder text = new StringBuilder();
    tables.forEach((resource, table) -> {
      if (!table.rows().isEmpty()) {
        text.append(text.isEmpty() ? "" : "\n");
        String prefix = several ? resource.show("") : "";
        boolean namespaces = options.namespaces() && (resource.namespaced() || several);
        text.append(
            lines(
                sorted(table),
                new TableOptions(
                    options.wide(),
                    namespaces,
                    prefix,
                    options.labelColumns(),
                    options.showLabels())));
      }
    });
    return text.toString();
  }

  private String lines(Table table, TableOptions shown) {
    List<List<String>> lines = new ArrayList<>();
    if (headers) {
      lines.add(table.header(shown));
    }
    lines.addAll(table.lines(shown));
    return new Grid().lines(lines);
  }

  private Table sorted(Table table) {
    if (sortBy.isEmpty()) {
      return table;
    }
    return new Table(
        table.columns(),
        table.rows().stream()
            .sorted(Comparator.comparing(Table.Row::object, Sorting.comparator(sortBy)))
            .toList());
  }
}
