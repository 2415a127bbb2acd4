package dev.tiphys.cli.server;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.print.Output;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code config view}. */
@Command(description = "Show the kubeconfig, without its secrets.")
public final class ConfigViewVerb implements Verb {

  @Option(names = "--raw", description = "With its secrets.")
  boolean raw;

  @Option(names = "--minify", description = "Only what the current context uses.")
  boolean minify;

  @Option(names = "--flatten", hidden = true)
  boolean flatten;

  @Option(
      names = {"-o", "--output"},
      description = "yaml, json or jsonpath=TEMPLATE.")
  String output = "yaml";

  @Override
  public int run(Session session) {
    View config = KubeconfigDocument.merged(session);
    JsonTree.Obj shown = minify ? minified(config, session) : config.object();
    Output form = Output.parse(output);
    if (form instanceof Output.Columns
        || form instanceof Output.Name
        || form instanceof Output.Custom) {
      throw Failure.of("config view prints yaml, json or jsonpath, not %s", output);
    }
    session.console().out().print(form.document(raw ? shown : KubeconfigDocument.redacted(shown)));
    return 0;
  }

  private static JsonTree.Obj minified(View config, Session session) {
    String name =
        session.context() == null ? config.at("current-context").text() : session.context();
    View context = config.at("contexts").with("name", name);
    if (!context.exists()) {
      throw Failure.of("cannot locate context %s", name);
    }
    JsonTree.Obj kept = config.object();
    kept = Trees.set(kept, List.of(context.tree()), "contexts");
    kept = Trees.set(kept, name, "current-context");
    for (String[] pair : new String[][] {{"clusters", "cluster"}, {"users", "user"}}) {
      View used = config.at(pair[0]).with("name", context.at("context", pair[1]).text());
      kept = Trees.set(kept, used.exists() ? List.of(used.tree()) : List.of(), pair[0]);
    }
    return kept;
  }
}
