package dev.tiphys.cli.describe;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.Lists;
import dev.tiphys.cli.select.SelectionOptions;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.View;
import dev.tiphys.client.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code describe}: gathers an object and what belongs to it; the pages write it. */
@Command(description = "Show objects in detail, with what happened to them.")
public final class DescribeVerb implements Verb {

  private static final Set<String> WITHOUT_EVENTS = Set.of("secret", "namespace");

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Option(names = "--show-events", description = "Show events, too.")
  boolean events = true;

  @Parameters(arity = "0..*", paramLabel = "RESOURCE [NAME...]")
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) throws InterruptedException {
    List<Target> targets = selection.targets(session, arguments, true);
    if (targets.isEmpty()) {
      session.console().warn("No resources found in " + session.namespace() + " namespace.");
      return 0;
    }
    boolean[] first = {true};
    return Each.of(
        session,
        targets,
        each -> {
          String text = describe(session, each);
          session.console().out().print((first[0] ? "" : "\n\n") + text);
          first[0] = false;
        });
  }

  private String describe(Session session, Target target) {
    View object = new View(target.live(session.cluster()));
    Page page = new Page();
    switch (target.resource().singularQualified()) {
      case "pod" -> PodPage.describe(page, object);
      case "deployment.apps" ->
          WorkloadPage.deployment(page, object, owned(session, target, object));
      case "replicaset.apps", "statefulset.apps", "daemonset.apps" ->
          WorkloadPage.replicaSet(
              page,
              object,
              list(
                  session,
                  Resources.PODS,
                  target.namespace(),
                  WorkloadPage.podSelector(object),
                  ""));
      case "service" ->
          ServicePage.describe(
              page,
              object,
              list(
                  session,
                  Resources.ENDPOINT_SLICES,
                  target.namespace(),
                  "kubernetes.io/service-name=" + target.name(),
                  ""));
      case "node" -> node(page, session, target, object);
      case "namespace" -> SmallPages.namespace(page, object);
      case "configmap" -> SmallPages.configMap(page, object);
      case "secret" -> SmallPages.secret(page, object);
      default -> Generic.describe(page, object);
    }
    if (events && !WITHOUT_EVENTS.contains(target.resource().singularQualified())) {
      Events.describe(page, session, target, object);
    }
    return page.text();
  }

  private static void node(Page page, Session session, Target target, View object) {
    JsonTree.Obj lease;
    try {
      lease =
          session
              .cluster()
              .find(ApiResource.of(Resources.LEASES).path("kube-node-lease", target.name()));
    } catch (ApiException.Forbidden e) {
      lease = null;
    }
    List<View> pods =
        list(
            session,
            Resources.PODS,
            "",
            "",
            "spec.nodeName=" + target.name() + ",status.phase!=Succeeded,status.phase!=Failed");
    NodePage.describe(page, object, lease == null ? View.NOTHING : new View(lease), pods);
  }

  private static List<View> owned(Session session, Target target, View object) {
    String uid = object.at("metadata", "uid").text();
    return list(
            session,
            Resources.REPLICA_SETS,
            target.namespace(),
            WorkloadPage.podSelector(object),
            "")
        .stream()
        .filter(each -> each.at("metadata", "ownerReferences").with("uid", uid).exists())
        .toList();
  }

  private static List<View> list(
      Session session, ResourceType<?> type, String namespace, String labels, String fields) {
    return Lists.of(session.cluster(), ApiResource.of(type), namespace, labels, fields).stream()
        .map(View::new)
        .toList();
  }
}
