package dev.tiphys.cli.select;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that name files, and what the files ask for. Filled by picocli, then only read. */
public final class FileOptions {

  @Option(
      names = {"-f", "--filename"},
      split = ",",
      description = "A file, directory or URL that describes objects; - for standard input.")
  List<String> files = new ArrayList<>();

  @Option(
      names = {"-R", "--recursive"},
      description = "Look into directories below, too.")
  boolean recursive;

  /** Whether any file is named. */
  public boolean any() {
    return !files.isEmpty();
  }

  /** The objects of the files, in the namespaces that they belong to. */
  public List<Target> targets(Session session) {
    List<Target> targets = new ArrayList<>();
    for (Documents.Document each : new Documents(session.console().in(), recursive).read(files)) {
      targets.add(target(session, each));
    }
    return targets;
  }

  private static Target target(Session session, Documents.Document document) {
    View object = new View(document.object());
    String apiVersion = object.at("apiVersion").text();
    String kind = object.at("kind").text();
    String name = object.at("metadata", "name").text();
    String namespace = object.at("metadata", "namespace").text();
    ApiResource resource =
        session
            .catalog()
            .ofKind(apiVersion, kind)
            .orElseThrow(() ->
                Failure.of(
                    "resource mapping not found for name: \"%s\" namespace: \"%s\" from"
                        + " \"%s\": no matches for kind \"%s\" in version \"%s\"\n"
                        + "ensure CRDs are installed first",
                    name, namespace, document.source(), kind, apiVersion));
    if (!resource.namespaced()) {
      return new Target(resource, "", name, document.object(), document.source());
    }
    String wanted = namespace.isEmpty() ? session.namespace() : namespace;
    if (session.namespaceAsked() && !wanted.equals(session.namespace())) {
      throw Failure.of(
          "the namespace from the provided object \"%s\" does not match the namespace \"%s\"."
              + " You must pass '--namespace=%s' to perform this operation.",
          wanted, session.namespace(), wanted);
    }
    JsonTree.Obj placed = Trees.set(document.object(), wanted, "metadata", "namespace");
    return new Target(resource, wanted, name, placed, document.source());
  }
}
