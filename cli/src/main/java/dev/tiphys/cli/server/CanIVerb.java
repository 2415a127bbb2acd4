package dev.tiphys.cli.server;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code auth can-i}. */
@Command(description = "Tell whether something is allowed.")
public final class CanIVerb implements Verb {

  @Option(names = "--subresource", description = "The part of the resource, as log.")
  String subresource = "";

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "In all namespaces.")
  boolean allNamespaces;

  @Option(
      names = {"-q", "--quiet"},
      description = "Tell by the exit code only.")
  boolean quiet;

  @Parameters(index = "0", paramLabel = "VERB")
  String verb = "";

  @Parameters(index = "1", paramLabel = "RESOURCE|RESOURCE/NAME|PATH")
  String what = "";

  @Parameters(index = "2", arity = "0..1", paramLabel = "NAME")
  String name = "";

  @Override
  public int run(Session session) {
    JsonTree.Obj spec =
        what.startsWith("/")
            ? Trees.object("nonResourceAttributes", Trees.object("path", what, "verb", verb))
            : Trees.object("resourceAttributes", resource(session));
    View status =
        new View(
                session
                    .cluster()
                    .post(
                        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                        Trees.object(
                            "apiVersion", "authorization.k8s.io/v1",
                            "kind", "SelfSubjectAccessReview",
                            "spec", spec),
                        Map.of()))
            .at("status");
    boolean allowed = status.at("allowed").flag();
    if (!quiet) {
      String reason = status.at("reason").text();
      String error = status.at("evaluationError").text();
      session
          .console()
          .say(
              "%s",
              (allowed ? "yes" : "no")
                  + (allowed || reason.isEmpty() ? "" : " - " + reason)
                  + (allowed || error.isEmpty() ? "" : " - " + error));
    }
    return allowed ? 0 : 1;
  }

  private JsonTree.Obj resource(Session session) {
    String[] parts = what.split("/", 2);
    String asked = parts.length > 1 ? parts[1] : name;
    Optional<ApiResource> found =
        parts[0].equals("*") ? Optional.empty() : session.catalog().find(parts[0]);
    if (found.isEmpty() && !parts[0].equals("*")) {
      session
          .console()
          .warn("Warning: the server doesn't have a resource type '" + parts[0] + "'\n");
    }
    boolean namespaced = found.map(ApiResource::namespaced).orElse(true);
    if (!namespaced && session.namespaceAsked()) {
      session.console().warn("Warning: resource '" + parts[0] + "' is not namespace scoped\n");
    }
    if (subresource.contains("/")) {
      throw Failure.of("--subresource takes one name");
    }
    return Trees.object(
        "group",
        found.map(ApiResource::group).orElse(parts[0].equals("*") ? "*" : ""),
        "name",
        asked.isEmpty() ? null : asked,
        "namespace",
        allNamespaces || !namespaced ? null : session.namespace(),
        "resource",
        found.map(ApiResource::plural).orElse(parts[0]),
        "subresource",
        subresource.isEmpty() ? null : subresource,
        "verb",
        verb);
  }
}
