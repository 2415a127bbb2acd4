package dev.tiphys.cli.server;

import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.cluster.Catalog;
import dev.tiphys.cli.tree.View;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code explain}: the server's own documentation of a kind or field. */
@Command(description = "Explain a resource or a field of it, as 'deployment.spec.replicas'.")
public final class ExplainVerb implements Verb {

  @Option(names = "--recursive", description = "Show the names of all fields below.")
  boolean recursive;

  @Option(names = "--api-version", description = "The group and version, as apps/v1.")
  String apiVersion = "";

  @Option(
      names = {"-o", "--output"},
      hidden = true)
  String output = "plaintext";

  @Parameters(index = "0", arity = "0..1", paramLabel = "RESOURCE[.FIELD...]")
  String path = "";

  @Override
  public int run(Session session) {
    if (path.isEmpty()) {
      throw Failure.of(
          "You must specify the type of resource to explain. Use \"tiphys api-resources\" for a"
              + " complete list of supported resources.");
    }
    List<String> words = Arrays.asList(path.split("\\.", -1));
    Named named = named(session.catalog(), words);
    ApiResource resource = named.resource();
    String document =
        (resource.group().isEmpty() ? "/openapi/v3/api/" : "/openapi/v3/apis/")
            + resource.apiVersion();
    Schemas schemas = new Schemas(new View(session.cluster().get(document)));
    session.console().out().print(new Explanation(schemas, resource, recursive).of(named.fields()));
    return 0;
  }

  private record Named(ApiResource resource, List<String> fields) {}

  /** A resource's name may have a group behind it, which looks as a path of fields does. */
  private Named named(Catalog catalog, List<String> words) {
    ApiResource resource = catalog.find(words.getFirst()).orElse(null);
    int used = 1;
    for (int length = words.size(); length > 1 && resource == null; length--) {
      resource = catalog.find(String.join(".", words.subList(0, length))).orElse(null);
      used = length;
    }
    if (resource == null) {
      resource = catalog.require(words.getFirst());
    }
    if (!apiVersion.isEmpty()) {
      String kind = resource.kind();
      resource =
          catalog
              .ofKind(apiVersion, kind)
              .orElseThrow(
                  () -> Failure.of("couldn't find resource for \"%s, Kind=%s\"", apiVersion, kind));
    }
    return new Named(resource, words.subList(used, words.size()));
  }
}
