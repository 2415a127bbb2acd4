package dev.tiphys.cli.server;

import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.print.Grid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code api-resources}. */
@Command(description = "Show what resources the server has.")
public final class ApiResourcesVerb implements Verb {

  @Option(
      names = {"-o", "--output"},
      description = "wide or name.")
  String output = "";

  @Option(
      names = "--namespaced",
      description = "Only those in namespaces, or with =false only the others.")
  @Nullable Boolean namespaced;

  @Option(names = "--api-group", description = "Only those of a group.")
  @Nullable String group;

  @Option(names = "--verbs", split = ",", description = "Only those that allow all of these.")
  List<String> verbs = new ArrayList<>();

  @Option(names = "--categories", split = ",", description = "Only those in all of these.")
  List<String> categories = new ArrayList<>();

  @Option(names = "--no-headers", description = "Leave out the headings.")
  boolean noHeaders;

  @Option(names = "--cached", hidden = true)
  boolean cached;

  @Option(names = "--sort-by", description = "name or kind.")
  String sortBy = "";

  @Override
  public int run(Session session) {
    if (!Set.of("", "wide", "name").contains(output)) {
      throw Failure.of("--output %s is not available", output);
    }
    List<ApiResource> found =
        session.catalog().preferred().stream().filter(this::wanted).sorted(order()).toList();
    if (output.equals("name")) {
      found.forEach(each -> session.console().say("%s", each.qualified()));
      return 0;
    }
    boolean wide = output.equals("wide");
    List<List<String>> rows = new ArrayList<>();
    if (!noHeaders) {
      List<String> header =
          new ArrayList<>(List.of("NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"));
      header.addAll(wide ? List.of("VERBS", "CATEGORIES") : List.of());
      rows.add(header);
    }
    found.forEach(each -> rows.add(row(each, wide)));
    session.console().out().print(new Grid().lines(rows));
    return 0;
  }

  private boolean wanted(ApiResource resource) {
    return (namespaced == null || namespaced == resource.namespaced())
        && (group == null || group.equals(resource.group()))
        && new HashSet<>(resource.verbs()).containsAll(verbs)
        && new HashSet<>(resource.categories()).containsAll(categories);
  }

  private Comparator<ApiResource> order() {
    return switch (sortBy) {
      case "" -> Comparator.comparing(ApiResource::group).thenComparing(ApiResource::plural);
      case "name" -> Comparator.comparing(ApiResource::plural);
      case "kind" -> Comparator.comparing(ApiResource::kind);
      default -> throw Failure.of("--sort-by accepts only name or kind");
    };
  }

  private static List<String> row(ApiResource resource, boolean wide) {
    List<String> row =
        new ArrayList<>(
            List.of(
                resource.plural(),
                String.join(",", resource.shortNames()),
                resource.apiVersion(),
                Boolean.toString(resource.namespaced()),
                resource.kind()));
    if (wide) {
      row.add(String.join(",", resource.verbs()));
      row.add(String.join(",", resource.categories()));
    }
    return row;
  }
}
