package dev.tiphys.cli.cluster;

import dev.tiphys.cli.Failure;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * All resources of a server, the preferred version of a group before its others. Finds them by any
 * name that a user may type. Immutable.
 *
 * @param resources in the order of groups and versions that the server gives
 */
public record Catalog(List<ApiResource> resources) {

  /** Copies the list. */
  public Catalog {
    resources = List.copyOf(resources);
  }

  /**
   * Finds a resource by plural, singular, kind or short name in any case, with {@code .group} or
   * {@code .version.group} behind it if wanted.
   *
   * @throws Failure if there is none
   */
  public ApiResource require(String typed) {
    return find(typed)
        .orElseThrow(() -> Failure.of("the server doesn't have a resource type \"" + typed + "\""));
  }

  /** As {@link #require}. */
  public Optional<ApiResource> find(String typed) {
    String wanted = typed.toLowerCase(Locale.ROOT);
    int dot = wanted.indexOf('.');
    if (dot < 0) {
      return named(wanted, any -> true);
    }
    String name = wanted.substring(0, dot);
    String rest = wanted.substring(dot + 1);
    return named(name, each -> each.group().equals(rest))
        .or(() -> named(name, each -> (each.version() + "." + each.group()).equals(rest)))
        .or(() ->
            named(
                name, each -> (each.version() + ".").equals(rest + ".") && each.group().isEmpty()))
        .or(() -> named(name, each -> !rest.isEmpty() && each.group().startsWith(rest)));
  }

  private Optional<ApiResource> named(String name, Predicate<ApiResource> within) {
    List<ApiResource> candidates = resources.stream().filter(within).toList();
    return first(candidates, each -> each.plural().equals(name))
        .or(() -> first(candidates, each -> each.singular().equals(name)))
        .or(() -> first(candidates, each -> each.shortNames().contains(name)))
        .or(() -> first(candidates, each -> each.kind().toLowerCase(Locale.ROOT).equals(name)));
  }

  private static Optional<ApiResource> first(
      List<ApiResource> among, Predicate<ApiResource> condition) {
    return among.stream().filter(condition).findFirst();
  }

  /** The resource that holds objects of a kind. */
  public Optional<ApiResource> ofKind(String apiVersion, String kind) {
    return first(
        resources, each -> each.apiVersion().equals(apiVersion) && each.kind().equals(kind));
  }

  /** The listable resources of a category, as {@code all}, each in one version. */
  public List<ApiResource> category(String name) {
    return preferred().stream()
        .filter(each -> each.categories().contains(name) && each.verbs().contains("list"))
        .toList();
  }

  /** Each resource of each group once, in the version that comes first. */
  public List<ApiResource> preferred() {
    return resources.stream()
        .filter(each ->
            Objects.equals(
                each.version(),
                first(
                        resources,
                        other ->
                            other.group().equals(each.group())
                                && other.plural().equals(each.plural()))
                    .map(ApiResource::version)
                    .orElse("")))
        .toList();
  }
}
