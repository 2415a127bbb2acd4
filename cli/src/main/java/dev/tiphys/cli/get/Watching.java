package dev.tiphys.cli.get;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Limits;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.cluster.Cluster;
import dev.tiphys.cli.cluster.Watch;
import dev.tiphys.cli.print.CustomColumns;
import dev.tiphys.cli.print.Grid;
import dev.tiphys.cli.print.Output;
import dev.tiphys.cli.print.OutputOptions;
import dev.tiphys.cli.print.Table;
import dev.tiphys.cli.print.TableOptions;
import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code get --watch}: shows what is there, then each change, until the user has enough. */
final class Watching {

  private static final String JSON = "application/json";

  private final Session session;
  private final Query query;
  private final Output form;
  private final TableOptions shown;
  private final OutputOptions output;
  private final Grid grid = new Grid();
  private boolean headers;
  private List<Table.Column> columns = List.of();

  Watching(
      Session session,
      Query query,
      Output form,
      TableOptions shown,
      OutputOptions output,
      boolean headers) {
    this.session = session;
    this.query = query;
    this.form = form;
    this.shown = shown;
    this.output = output;
    this.headers = headers;
  }

  void run(boolean changesOnly) throws InterruptedException {
    Cluster cluster = session.cluster();
    if (!query.name().isEmpty()) {
      // A list does not tell an object that is missing from one that may come.
      cluster.get(query.resource().path(query.namespace(), query.name()));
    }
    Query list = query.asList();
    String path = list.resource().path(list.namespace());
    String accept = form instanceof Output.Columns ? Cluster.TABLE : JSON;
    JsonTree.Obj before = cluster.get(path, list.parameters(), accept);
    String version = new View(before).at("metadata", "resourceVersion").text();
    if (!changesOnly) {
      showAll(before);
    }
    while (true) {
      version = follow(cluster, path, list.parameters(), accept, version);
      session.environment().sleep(Limits.WATCH_PAUSE);
    }
  }

  private String follow(
      Cluster cluster, String path, Map<String, String> query, String accept, String from) {
    String version = from;
    query.put("resourceVersion", version);
    query.put("allowWatchBookmarks", "true");
    try (Watch watch = cluster.watch(path, query, accept, Limits.WATCH)) {
      for (Watch.Event event = watch.next(); event != null; event = watch.next()) {
        version = versionOf(event.object(), version);
        if (!event.type().equals("BOOKMARK")) {
          show(event.object());
        }
      }
    }
    return version;
  }

  private static String versionOf(JsonTree.Obj object, String otherwise) {
    View view = new View(object);
    View own = view.at("metadata", "resourceVersion");
    if (!own.isEmpty()) {
      return own.text();
    }
    List<View> rows = view.at("rows").items();
    return rows.isEmpty()
        ? otherwise
        : rows.getLast().at("object", "metadata", "resourceVersion").textOr(otherwise);
  }

  private void showAll(JsonTree.Obj before) {
    if (form instanceof Output.Columns) {
      show(before);
    } else {
      new View(before)
          .at("items")
          .items()
          .forEach(
              each -> show(dev.tiphys.cli.select.Lists.complete(query.resource(), each.object())));
    }
  }

  private void show(JsonTree.Obj object) {
    switch (form) {
      case Output.Columns _ -> {
        Table table = Table.read(object, session.now()).withColumns(columns);
        columns = table.columns();
        if (!table.rows().isEmpty()) {
          line(table.header(shown), table.lines(shown));
        }
      }
      case Output.Custom(CustomColumns custom) -> line(custom.names(), List.of(custom.row(object)));
      case Output.Name _ ->
          session
              .console()
              .say("%s", query.resource().show(new View(object).at("metadata", "name").text()));
      case Output.Yaml yaml -> {
        session.console().say("---");
        session.console().out().print(yaml.document(output.trimmed(object)));
      }
      default -> session.console().out().print(form.document(output.trimmed(object)));
    }
    session.console().out().flush();
  }

  private void line(List<String> names, List<List<String>> rows) {
    List<List<String>> lines = new ArrayList<>();
    if (headers) {
      lines.add(names);
      headers = false;
    }
    lines.addAll(rows);
    session.console().out().print(grid.lines(lines));
  }
}
