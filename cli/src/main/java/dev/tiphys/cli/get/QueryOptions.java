package dev.tiphys.cli.get;

import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.select.Arguments;
import dev.tiphys.cli.select.FileOptions;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what to read. Filled by picocli, then only read. */
final class QueryOptions {

  @Mixin FileOptions files = new FileOptions();

  @Option(
      names = {"-l", "--selector"},
      description = "Labels that objects must have.")
  String selector = "";

  @Option(names = "--field-selector", description = "Fields that objects must have.")
  String fieldSelector = "";

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Look in all namespaces.")
  boolean allNamespaces;

  @Option(names = "--chunk-size", description = "How many objects to ask for at a time.")
  int chunk = 500;

  /** What arguments and files ask for. */
  List<Query> queries(Session session, List<String> arguments) {
    if (files.any()) {
      return files.targets(session).stream()
          .map(each -> new Query(each.resource(), each.namespace(), each.name(), "", "", chunk))
          .toList();
    }
    if (arguments.isEmpty()) {
      throw Failure.of(
          "You must specify the type of resource to get. Use \"tiphys api-resources\" for a"
              + " complete list of supported resources.");
    }
    List<Query> queries = new ArrayList<>();
    for (Arguments.Asked asked : Arguments.parse(arguments, session.catalog())) {
      if (!asked.name().isEmpty() && allNamespaces && asked.resource().namespaced()) {
        throw Failure.of("a resource cannot be retrieved by name across all namespaces");
      }
      if (!asked.name().isEmpty() && !(selector + fieldSelector).isEmpty()) {
        throw Failure.of("name cannot be provided when a selector is specified");
      }
      boolean everywhere = allNamespaces || !asked.resource().namespaced();
      queries.add(
          new Query(
              asked.resource(),
              everywhere ? "" : session.namespace(),
              asked.name(),
              selector,
              fieldSelector,
              chunk));
    }
    return queries;
  }

  /** What to say when nothing was found. */
  String nothing(Session session, List<Query> queries) {
    boolean namespaced = queries.stream().anyMatch(each -> each.resource().namespaced());
    return namespaced && !allNamespaces
        ? "No resources found in " + session.namespace() + " namespace."
        : "No resources found";
  }
}
