package dev.tiphys.cli.server;

import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.cluster.ApiResource;
import picocli.CommandLine.Command;

/** {@code api-versions}. */
@Command(description = "Show what groups and versions the server has.")
public final class ApiVersionsVerb implements Verb {

  @Override
  public int run(Session session) {
    session.catalog().resources().stream()
        .map(ApiResource::apiVersion)
        .distinct()
        .sorted()
        .forEach(each -> session.console().say("%s", each));
    return 0;
  }
}
