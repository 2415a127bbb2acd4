package dev.tiphys.cli.select;

import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options that say which objects a verb is about, besides its arguments. Filled by picocli,
 * then only read.
 */
public final class SelectionOptions {

  @Mixin FileOptions files = new FileOptions();

  @Option(
      names = {"-l", "--selector"},
      description = "Labels that objects must have.")
  String selector = "";

  @Option(names = "--field-selector", description = "Fields that objects must have.")
  String fieldSelector = "";

  @Option(names = "--all", description = "All objects of the resource in the namespace.")
  boolean all;

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "All namespaces.")
  boolean allNamespaces;

  /** Whether files are named. */
  public boolean fromFiles() {
    return files.any();
  }

  /** Whether objects are found by what they are rather than by name. */
  public boolean byQuality() {
    return all || !selector.isEmpty() || !fieldSelector.isEmpty();
  }

  /** The namespace to look in; empty for all. */
  public String scope(Session session) {
    return allNamespaces ? "" : session.namespace();
  }

  /** The objects meant; a resource alone, without name or selector, means nothing. */
  public List<Target> targets(Session session, List<String> arguments) {
    return targets(session, arguments, false);
  }

  /**
   * The objects meant.
   *
   * @param resourceAlone whether a resource without name or selector means all of its objects
   */
  public List<Target> targets(Session session, List<String> arguments, boolean resourceAlone) {
    if (files.any()) {
      return files.targets(session);
    }
    if (arguments.isEmpty()) {
      throw Failure.of(
          "You must provide one or more resources by argument or filename.\n"
              + "Example resource specifications include:\n"
              + "   '-f rsrc.yaml'\n"
              + "   '--filename=rsrc.json'\n"
              + "   '<resource> <name>'\n"
              + "   '<resource>'");
    }
    List<Target> targets = new ArrayList<>();
    for (Arguments.Asked asked : Arguments.parse(arguments, session.catalog())) {
      if (!asked.name().isEmpty()) {
        targets.add(named(session, asked));
      } else if (byQuality() || resourceAlone) {
        targets.addAll(listed(session, asked));
      } else {
        throw Failure.of("resource(s) were provided, but no name was specified");
      }
    }
    return targets;
  }

  private Target named(Session session, Arguments.Asked asked) {
    if (byQuality()) {
      throw Failure.of("name cannot be provided when a selector is specified");
    }
    if (allNamespaces && asked.resource().namespaced()) {
      throw Failure.of("a resource cannot be retrieved by name across all namespaces");
    }
    String namespace = asked.resource().namespaced() ? session.namespace() : "";
    return new Target(asked.resource(), namespace, asked.name(), null, "");
  }

  private List<Target> listed(Session session, Arguments.Asked asked) {
    return Lists.of(session.cluster(), asked.resource(), scope(session), selector, fieldSelector)
        .stream()
        .map(each -> Target.of(asked.resource(), new View(each).object()))
        .toList();
  }
}
