package dev.tiphys.cli.get;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.ServerErrors;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.print.CustomColumns;
import dev.tiphys.cli.print.Grid;
import dev.tiphys.cli.print.Output;
import dev.tiphys.cli.print.OutputOptions;
import dev.tiphys.cli.print.TableOptions;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import dev.tiphys.client.ApiException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code get}. */
@Command(description = "Display one or many resources.")
public final class GetVerb implements Verb {

  @Mixin QueryOptions query = new QueryOptions();
  @Mixin OutputOptions output = new OutputOptions();

  @Option(
      names = {"-w", "--watch"},
      description = "Go on showing what changes.")
  boolean watch;

  @Option(names = "--watch-only", description = "Show only what changes.")
  boolean watchOnly;

  @Option(names = "--no-headers", description = "Leave out the headings.")
  boolean noHeaders;

  @Option(names = "--show-labels", description = "Show all labels in a last column.")
  boolean showLabels;

  @Option(
      names = {"-L", "--label-columns"},
      split = ",",
      description = "Labels to show in columns of their own.")
  List<String> labelColumns = new ArrayList<>();

  @Option(names = "--sort-by", description = "The JSONPath to sort by.")
  String sortBy = "";

  @Option(names = "--ignore-not-found", description = "Objects that do not exist are no error.")
  boolean ignoreNotFound;

  @Option(names = "--raw", description = "Show what the server answers at a path.")
  @Nullable String raw;

  @Option(names = "--server-print", hidden = true)
  boolean serverPrint = true;

  @Parameters(
      arity = "0..*",
      paramLabel = "RESOURCE [NAME...]",
      description = "As 'pods', 'pods,services', 'pod web-0' or 'pod/web-0 service/web'.")
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) throws InterruptedException {
    if (raw != null) {
      session.console().out().print(session.cluster().text(raw));
      return 0;
    }
    Output form = output.output();
    List<Query> queries = query.queries(session, arguments);
    if (watch || watchOnly) {
      return watch(session, form, queries);
    }
    return form instanceof Output.Columns(boolean wide)
        ? tables(session, wide, queries)
        : objects(session, form, queries);
  }

  private TableOptions columns(boolean wide) {
    return new TableOptions(wide, query.allNamespaces, "", labelColumns, showLabels);
  }

  private int watch(Session session, Output form, List<Query> queries) throws InterruptedException {
    if (queries.stream().map(Query::resource).distinct().count() > 1 || queries.size() > 1) {
      throw Failure.of("you may only specify a single resource type");
    }
    boolean wide = form instanceof Output.Columns(boolean all) && all;
    new Watching(session, queries.getFirst(), form, columns(wide), output, !noHeaders)
        .run(watchOnly);
    return 0;
  }

  private int tables(Session session, boolean wide, List<Query> queries) {
    Tables tables = new Tables(columns(wide), !noHeaders, sortBy);
    int code = 0;
    for (Query each : queries) {
      try {
        tables.add(
            each.resource(), each.table(session.cluster(), session.now(), !sortBy.isEmpty()));
      } catch (ApiException e) {
        code |= fail(session, e);
      }
    }
    String text = tables.text();
    session.console().out().print(text);
    if (text.isEmpty() && code == 0 && !ignoreNotFound) {
      session.console().warn(query.nothing(session, queries));
    }
    return code;
  }

  private int objects(Session session, Output form, List<Query> queries) {
    List<JsonTree.Obj> found = new ArrayList<>();
    List<String> names = new ArrayList<>();
    int code = 0;
    for (Query each : queries) {
      try {
        for (JsonTree.Obj object : each.objects(session.cluster())) {
          found.add(output.trimmed(object));
          names.add(each.resource().show(new View(object).at("metadata", "name").text()));
        }
      } catch (ApiException e) {
        code |= fail(session, e);
      }
    }
    boolean single = queries.size() == 1 && !queries.getFirst().name().isEmpty();
    if (found.isEmpty() && (single || code != 0)) {
      return code;
    }
    show(session, form, single, Sorting.by(sortBy, found), names);
    return code;
  }

  private void show(
      Session session, Output form, boolean single, List<JsonTree.Obj> found, List<String> names) {
    switch (form) {
      case Output.Name _ -> names.forEach(session.console()::say);
      case Output.Custom(CustomColumns columns) -> {
        List<List<String>> rows = new ArrayList<>();
        if (!noHeaders) {
          rows.add(columns.names());
        }
        found.forEach(each -> rows.add(columns.row(each)));
        session.console().out().print(new Grid().lines(rows));
      }
      default ->
          session
              .console()
              .out()
              .print(form.document(single ? found.getFirst() : Trees.kubernetesList(found)));
    }
  }

  private int fail(Session session, ApiException refused) {
    if (ignoreNotFound && refused instanceof ApiException.NotFound) {
      return 0;
    }
    session.console().warn(ServerErrors.text(refused, ""));
    return 1;
  }
}
