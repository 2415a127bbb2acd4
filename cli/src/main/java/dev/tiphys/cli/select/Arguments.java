package dev.tiphys.cli.select;

import dev.tiphys.cli.Failure;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.cluster.Catalog;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads {@code pods}, {@code pods,svc}, {@code pod web-0}, {@code pod/web-0 svc/web}. Pure. */
public final class Arguments {

  /**
   * A resource and the object meant.
   *
   * @param name empty for all objects
   */
  public record Asked(ApiResource resource, String name) {}

  private Arguments() {}

  /**
   * Reads arguments.
   *
   * @throws Failure if they make no sense
   */
  public static List<Asked> parse(List<String> arguments, Catalog catalog) {
    if (arguments.stream().anyMatch(each -> each.contains("/"))) {
      return slashed(arguments, catalog);
    }
    List<Asked> asked = new ArrayList<>();
    List<ApiResource> resources = resources(arguments.getFirst(), catalog);
    List<String> names = arguments.subList(1, arguments.size());
    for (ApiResource resource : resources) {
      if (names.isEmpty()) {
        asked.add(new Asked(resource, ""));
      }
      for (String name : new LinkedHashSet<>(names)) {
        asked.add(new Asked(resource, name));
      }
    }
    return asked;
  }

  private static List<Asked> slashed(List<String> arguments, Catalog catalog) {
    List<Asked> asked = new ArrayList<>();
    for (String argument : arguments) {
      String[] parts = argument.split("/", -1);
      if (parts.length == 1) {
        throw Failure.of(
            "there is no need to specify a resource type as a separate argument when passing"
                + " arguments in resource/name form (e.g. 'tiphys get resource/<resource_name>'"
                + " instead of 'tiphys get resource resource/<resource_name>'");
      }
      if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
        throw Failure.of("arguments in resource/name form must have a single resource and name");
      }
      asked.add(new Asked(catalog.require(parts[0]), parts[1]));
    }
    return asked;
  }

  private static List<ApiResource> resources(String list, Catalog catalog) {
    Set<ApiResource> resources = new LinkedHashSet<>();
    for (String typed : list.split(",", -1)) {
      if (typed.isEmpty()) {
        throw Failure.of("arguments must consist of a resource or a resource and name");
      }
      List<ApiResource> category =
          catalog.find(typed).isPresent() ? List.of() : catalog.category(typed);
      if (category.isEmpty()) {
        resources.add(catalog.require(typed));
      } else {
        resources.addAll(category);
      }
    }
    return List.copyOf(resources);
  }
}
