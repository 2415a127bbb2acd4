package dev.tiphys.cli.server;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.print.Grid;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The small verbs about contexts. */
public final class ConfigVerbs {

  private ConfigVerbs() {}

  /** {@code config current-context}. */
  @Command(description = "Show which context is used.")
  public static final class Current implements Verb {
    @Override
    public int run(Session session) {
      String current = KubeconfigDocument.merged(session).at("current-context").text();
      if (current.isEmpty()) {
        throw Failure.of("current-context is not set");
      }
      session.console().say("%s", current);
      return 0;
    }
  }

  /** {@code config use-context}. */
  @Command(description = "Use another context from now on.")
  public static final class Use implements Verb {

    @Parameters(index = "0", paramLabel = "NAME")
    String name = "";

    @Override
    public int run(Session session) {
      if (!KubeconfigDocument.merged(session).at("contexts").with("name", name).exists()) {
        throw Failure.of("no context exists with the name: \"%s\"", name);
      }
      KubeconfigDocument.change(session, file -> Trees.set(file, name, "current-context"));
      session.console().say("Switched to context \"%s\".", name);
      return 0;
    }
  }

  /** {@code config get-contexts}. */
  @Command(description = "Show all contexts.")
  public static final class All implements Verb {

    @Option(
        names = {"-o", "--output"},
        description = "name.")
    String output = "";

    @Option(names = "--no-headers", description = "Leave out the headings.")
    boolean noHeaders;

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME")
    String name = "";

    @Override
    public int run(Session session) {
      View config = KubeconfigDocument.merged(session);
      List<List<String>> rows = new ArrayList<>();
      if (!noHeaders) {
        rows.add(List.of("CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"));
      }
      for (View each : config.at("contexts").items()) {
        String context = each.at("name").text();
        if (output.equals("name")) {
          session.console().say("%s", context);
        } else if (name.isEmpty() || name.equals(context)) {
          boolean current = config.at("current-context").text().equals(context);
          rows.add(
              List.of(
                  current ? "*" : "",
                  context,
                  each.at("context", "cluster").text(),
                  each.at("context", "user").text(),
                  each.at("context", "namespace").text()));
        }
      }
      if (!output.equals("name")) {
        session.console().out().print(new Grid().lines(rows));
      }
      return 0;
    }
  }

  /** {@code config set-context}. */
  @Command(description = "Change a context, or make one; the namespace by --namespace.")
  public static final class Change implements Verb {

    @Option(names = "--current", description = "The current context.")
    boolean current;

    @Option(names = "--cluster", description = "The cluster's name.")
    String cluster = "";

    @Option(names = "--user", description = "The user's name.")
    String user = "";

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME")
    String name = "";

    @Override
    public int run(Session session) {
      View config = KubeconfigDocument.merged(session);
      String context = current ? config.at("current-context").text() : name;
      if (context.isEmpty()) {
        throw Failure.of("you must specify a non-empty context name or --current");
      }
      boolean known = config.at("contexts").with("name", context).exists();
      KubeconfigDocument.change(session, file -> changed(session, file, context));
      session.console().say("Context \"%s\" %s.", context, known ? "modified" : "created");
      return 0;
    }

    private JsonTree.Obj changed(Session session, JsonTree.Obj file, String context) {
      List<JsonTree> contexts = new ArrayList<>();
      JsonTree.Obj entry = Trees.object("name", context, "context", JsonTree.EMPTY_OBJECT);
      for (View each : new View(file).at("contexts").items()) {
        if (each.at("name").text().equals(context)) {
          entry = each.object();
        } else {
          contexts.add(each.tree());
        }
      }
      if (session.namespaceAsked()) {
        entry = Trees.set(entry, session.namespace(), "context", "namespace");
      }
      entry = cluster.isEmpty() ? entry : Trees.set(entry, cluster, "context", "cluster");
      entry = user.isEmpty() ? entry : Trees.set(entry, user, "context", "user");
      contexts.add(entry);
      return Trees.set(file, contexts, "contexts");
    }
  }
}
