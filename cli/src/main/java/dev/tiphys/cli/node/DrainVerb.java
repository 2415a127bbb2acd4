package dev.tiphys.cli.node;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Durations;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Limits;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.select.Lists;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import dev.tiphys.cli.wait.Gone;
import dev.tiphys.client.ApiException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code drain}: closes a node and asks its pods to go, within their disruption budgets. */
@Command(description = "Close nodes and move their pods away.")
public final class DrainVerb implements Verb {

  private static final Duration FOREVER = Duration.ofDays(365);

  @Mixin NodeOptions nodes = new NodeOptions();

  @Option(names = "--ignore-daemonsets", description = "Let pods of daemon sets be.")
  boolean ignoreDaemonSets;

  @Option(names = "--delete-emptydir-data", description = "Also pods whose emptyDir data is lost.")
  boolean deleteLocalData;

  @Option(names = "--force", description = "Also pods that nobody makes anew.")
  boolean force;

  @Option(
      names = "--disable-eviction",
      description = "Delete pods whatever their disruption budgets say.")
  boolean delete;

  @Option(names = "--grace-period", description = "Seconds for pods to end; -1 for their own.")
  int grace = -1;

  @Option(names = "--pod-selector", description = "Only pods with these labels.")
  String podSelector = "";

  @Option(names = "--timeout", description = "How long to wait; 0 for as long as it takes.")
  String timeout = "0";

  @Override
  public int run(Session session) throws InterruptedException {
    return nodes.each(session, node -> drain(session, node));
  }

  private void drain(Session session, Target node) throws InterruptedException {
    nodes.cordon(session, node, true);
    List<View> pods =
        Lists.of(
                session.cluster(),
                ApiResource.of(Resources.PODS),
                "",
                podSelector,
                "spec.nodeName=" + node.name())
            .stream()
            .map(View::new)
            .toList();
    DrainPlan plan =
        DrainPlan.of(pods, new DrainPlan.Allowed(ignoreDaemonSets, deleteLocalData, force));
    if (!plan.obstacles().isEmpty()) {
      String reasons = String.join("\n", plan.obstacles());
      throw Failure.of(
          "unable to drain node \"%s\" due to error: %s, continuing command...\n"
              + "There are pending nodes to be drained:\n %s\n%s",
          node.name(), String.join(", ", plan.obstacles()), node.name(), reasons);
    }
    plan.warnings().forEach(each -> session.console().warn("Warning: " + each));
    Duration limit = Durations.parse("timeout", timeout);
    Instant deadline = session.now().plus(limit.isZero() ? FOREVER : limit);
    for (View pod : plan.evict()) {
      evict(session, pod, deadline);
    }
    awaitAll(session, plan.evict(), deadline);
    session.console().sayNow(node.shown() + " " + nodes.write.done("drained"));
  }

  private void evict(Session session, View pod, Instant deadline) throws InterruptedException {
    String name = pod.at("metadata", "name").text();
    String namespace = pod.at("metadata", "namespace").text();
    session
        .console()
        .sayNow(
            nodes.write.done(
                (delete ? "deleting" : "evicting") + " pod " + namespace + "/" + name));
    if (nodes.write.onClient()) {
      return;
    }
    while (true) {
      try {
        request(session, namespace, name);
        return;
      } catch (ApiException.NotFound gone) {
        return;
      } catch (ApiException.TooManyRequests e) {
        if (session.now().isAfter(deadline)) {
          throw Failure.of(
              "error when evicting pods/\"%s\" -n \"%s\": global timeout reached: %s",
              name, namespace, timeout);
        }
        session
            .console()
            .warn(
                "error when evicting pods/\""
                    + name
                    + "\" -n \""
                    + namespace
                    + "\" (will retry after 5s): "
                    + e.getMessage());
        session.environment().sleep(Limits.EVICTION_PAUSE);
      }
    }
  }

  private void request(Session session, String namespace, String name) {
    String path = ApiResource.of(Resources.PODS).path(namespace, name);
    JsonTree.Obj options =
        Trees.object(
            "apiVersion", "v1",
            "kind", "DeleteOptions",
            "gracePeriodSeconds", grace < 0 ? null : grace);
    Map<String, String> query = Map.of("dryRun", nodes.write.onServer() ? "All" : "");
    if (delete) {
      session.cluster().delete(path, options, query);
      return;
    }
    session
        .cluster()
        .post(
            path + "/eviction",
            Trees.object(
                "apiVersion",
                "policy/v1",
                "kind",
                "Eviction",
                "deleteOptions",
                options,
                "metadata",
                Trees.object("name", name, "namespace", namespace)),
            query);
  }

  private void awaitAll(Session session, List<View> pods, Instant deadline)
      throws InterruptedException {
    if (nodes.write.onClient() || nodes.write.onServer()) {
      return;
    }
    Gone gone = new Gone(session, Duration.between(session.now(), deadline));
    for (View pod : pods) {
      Target target = Target.of(ApiResource.of(Resources.PODS), pod.object());
      if (!gone.await(target, pod.at("metadata", "uid").text())) {
        throw Failure.of(
            "error when waiting for pod \"%s\" in namespace \"%s\" to terminate: global timeout"
                + " reached: %s",
            target.name(), target.namespace(), timeout);
      }
      session.console().sayNow(target.shown() + (delete ? " deleted" : " evicted"));
    }
  }
}
