package dev.tiphys.cli.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.node.DrainPlan.Allowed;
import dev.tiphys.cli.tree.View;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrainPlanTest {

  private static View pod(String name, String owner, String more) {
    String owners =
        owner.isEmpty() ? "" : "{\"kind\": \"%s\", \"controller\": true}".formatted(owner);
    return new View(
        JsonTree.parse(
            """
            {"metadata": {"namespace": "x", "name": "%s", "ownerReferences": [%s]}, %s}
            """
                .formatted(name, owners, more)));
  }

  private static final String PLAIN = "\"spec\": {}";
  private static final String LOCAL = "\"spec\": {\"volumes\": [{\"emptyDir\": {}}]}";
  private static final List<View> PODS =
      List.of(
          pod("web", "ReplicaSet", PLAIN),
          pod("agent", "DaemonSet", PLAIN),
          pod("lonely", "", PLAIN),
          pod("cache", "ReplicaSet", LOCAL),
          pod("done", "", "\"status\": {\"phase\": \"Succeeded\"}, " + LOCAL));

  private static List<String> names(DrainPlan plan) {
    return plan.evict().stream().map(each -> each.at("metadata", "name").text()).toList();
  }

  @Test
  void whatWouldBeLostStandsInTheWay() {
    DrainPlan plan = DrainPlan.of(PODS, new Allowed(false, false, false));
    assertThat(plan.obstacles())
        .containsExactly(
            "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): x/agent",
            "cannot delete Pods that declare no controller (use --force to override): x/lonely",
            "cannot delete Pods with local storage (use --delete-emptydir-data to override):"
                + " x/cache");
  }

  @Test
  void whatTheUserAllowsGoesButDaemonSetsStay() {
    DrainPlan plan = DrainPlan.of(PODS, new Allowed(true, true, true));
    assertThat(plan.obstacles()).isEmpty();
    assertThat(names(plan)).containsExactly("web", "lonely", "cache", "done");
    assertThat(plan.warnings())
        .containsExactly(
            "ignoring DaemonSet-managed Pods: x/agent",
            "deleting Pods that declare no controller: x/lonely");
  }
}
