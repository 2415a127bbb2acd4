package dev.tiphys.controllermanager;

import dev.tiphys.api.Resources;
import dev.tiphys.api.coordination.v1.Lease;
import dev.tiphys.api.coordination.v1.LeaseSpec;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.NodeCondition;
import dev.tiphys.api.core.v1.NodeStatus;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.simulation.SimulatedCluster;
import dev.tiphys.simulation.SimulatedEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;

/**
 * A scheduler and kubelets in few lines: every second each pod goes one step on its way, to a node,
 * to readiness, to its end. A pod whose image is {@code broken} never becomes ready.
 */
@NullUnmarked
final class SimulatedNodes {

  private static final Duration STEP = Duration.ofSeconds(1);

  private final SimulatedEnvironment environment;
  private final SimulatedEnvironment.Process process;
  private final SimulatedCluster cluster;
  private final List<String> names = new ArrayList<>();
  private final Set<String> dead = new HashSet<>();
  private int addresses;

  SimulatedNodes(SimulatedEnvironment environment, SimulatedCluster cluster, int count) {
    this.environment = environment;
    this.process = environment.process("nodes");
    this.cluster = cluster;
    for (int i = 0; i < count; i++) {
      names.add("node-" + i);
      register("node-" + i);
    }
    process.execute("nodes", this::run);
  }

  /** From now on a node is silent and its pods do nothing. */
  void die(String name) {
    dead.add(name);
  }

  private void register(String name) {
    cluster
        .client()
        .resource(Resources.NODES)
        .create(
            Node.builder()
                .metadata(ObjectMeta.builder().name(name).build())
                .status(NodeStatus.builder().conditions(List.of(ready(true))).build())
                .build());
    cluster
        .client()
        .resource(Resources.LEASES)
        .create(
            Lease.builder()
                .metadata(ObjectMeta.builder().namespace("kube-node-lease").name(name).build())
                .spec(LeaseSpec.builder().holderIdentity(name).renewTime(now()).build())
                .build());
  }

  private NodeCondition ready(boolean ready) {
    return NodeCondition.builder()
        .type("Ready")
        .status(ready ? "True" : "False")
        .lastHeartbeatTime(now())
        .lastTransitionTime(now())
        .build();
  }

  private Instant now() {
    return environment.clock().instant();
  }

  private void run() {
    try {
      for (int round = 0; ; round++) {
        for (Pod pod : cluster.all(Resources.PODS)) {
          try {
            step(pod);
          } catch (ApiException later) {
            // The next round looks again.
            continue;
          }
        }
        if (round % 10 == 0) {
          names.stream().filter(name -> !dead.contains(name)).forEach(this::renew);
        }
        process.sleep(STEP);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void renew(String name) {
    ResourceClient<Lease> leases =
        cluster.client().resource(Resources.LEASES).inNamespace("kube-node-lease");
    try {
      Lease lease = leases.get(name);
      leases.update(lease.withSpec(lease.spec().withRenewTime(now())));
    } catch (ApiException later) {
      // The next round renews.
      return;
    }
  }

  private void step(Pod pod) {
    ResourceClient<Pod> pods =
        cluster.client().resource(Resources.PODS).inNamespace(pod.metadata().namespace());
    PodSpec spec = pod.spec();
    if (spec.nodeName() == null) {
      List<String> alive = names.stream().filter(name -> !dead.contains(name)).toList();
      if (!alive.isEmpty() && pod.metadata().deletionTimestamp() == null) {
        String node = alive.get(environment.random().nextInt(alive.size()));
        pods.update(pod.withSpec(spec.withNodeName(node)));
      }
      return;
    }
    if (dead.contains(spec.nodeName())) {
      return;
    }
    if (pod.metadata().deletionTimestamp() != null) {
      pods.delete(pod.metadata().name(), DeleteOptions.builder().gracePeriodSeconds(0L).build());
      return;
    }
    boolean broken = spec.containers().getFirst().image().equals("broken");
    if (pod.status() == null || (pod.status().phase() == null)) {
      pods.updateStatus(
          pod.withStatus(
              PodStatus.builder()
                  .phase("Running")
                  .podIP("10.0.0." + (++addresses))
                  .conditions(
                      List.of(
                          PodCondition.builder()
                              .type("Ready")
                              .status(broken ? "False" : "True")
                              .lastTransitionTime(now())
                              .build()))
                  .build()));
    }
  }
}
