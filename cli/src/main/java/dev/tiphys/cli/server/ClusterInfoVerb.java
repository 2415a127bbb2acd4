package dev.tiphys.cli.server;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.select.Lists;
import dev.tiphys.cli.tree.View;
import picocli.CommandLine.Command;

/** {@code cluster-info}. */
@Command(description = "Show where the cluster's own services are.")
public final class ClusterInfoVerb implements Verb {

  private static final String OWN_SERVICES = "kubernetes.io/cluster-service=true";

  @Override
  public int run(Session session) {
    String server = session.cluster().server();
    ApiResource services = ApiResource.of(Resources.SERVICES);
    var own = Lists.of(session.cluster(), services, "kube-system", OWN_SERVICES, "");
    session.console().say("Kubernetes control plane is running at %s", server);
    for (JsonTree.Obj each : own) {
      View service = new View(each);
      String name = service.at("metadata", "name").text();
      String port =
          service.at("spec", "ports").items().stream()
              .findFirst()
              .map(first -> first.at("name").text())
              .orElse("");
      session
          .console()
          .say(
              "%s is running at %s",
              service.at("metadata", "labels", "kubernetes.io/name").textOr(name),
              server
                  + services.path("kube-system", name)
                  + (port.isEmpty() ? "" : ":" + port)
                  + "/proxy");
    }
    return 0;
  }
}
