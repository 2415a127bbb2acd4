package dev.tiphys.kubelet.node;

import dev.tiphys.api.coordination.v1.Lease;
import dev.tiphys.api.coordination.v1.LeaseSpec;
import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.meta.v1.OwnerReference;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.environment.Environment;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the node's Lease in {@code kube-node-lease}, by which the cluster knows that the node
 * lives. Thread-safe.
 */
public final class NodeHeartbeat implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NodeHeartbeat.class);
  private static final String NAMESPACE = "kube-node-lease";
  private static final Duration RETRY = Duration.ofMillis(500);
  // A quarter of the duration, so that three renewals may fail before the node counts as dead.
  private static final int RENEWALS_PER_LEASE = 4;

  private final ResourceClient<Lease> leases;
  private final ResourceClient<Node> nodes;
  private final NodeSettings settings;
  private final Environment environment;
  private Environment.@Nullable Task task;
  private boolean closed;

  /** Nothing happens before {@link #start}. */
  public NodeHeartbeat(
      ResourceClient<Lease> leases,
      ResourceClient<Node> nodes,
      NodeSettings settings,
      Environment environment) {
    this.leases = leases.inNamespace(NAMESPACE);
    this.nodes = nodes;
    this.settings = settings;
    this.environment = environment;
  }

  /** Begins to renew. */
  public synchronized void start() {
    task = environment.execute("node-heartbeat", this::run);
  }

  private void run() {
    Duration next = settings.leaseDuration().dividedBy(RENEWALS_PER_LEASE);
    try {
      renew();
    } catch (ApiException e) {
      log.warn("event=heartbeat-failed node={} error={}", settings.name(), e.getMessage());
      next = RETRY;
    } finally {
      synchronized (this) {
        if (!closed) {
          task = environment.schedule(next, "node-heartbeat", this::run);
        }
      }
    }
  }

  private void renew() {
    LeaseSpec spec =
        LeaseSpec.builder()
            .holderIdentity(settings.name())
            .leaseDurationSeconds((int) settings.leaseDuration().toSeconds())
            .renewTime(environment.clock().instant().truncatedTo(ChronoUnit.MICROS))
            .build();
    Optional<Lease> found = leases.find(settings.name());
    if (found.isPresent()) {
      leases.update(found.get().withSpec(spec));
      return;
    }
    Node node = nodes.get(settings.name());
    leases.create(
        Lease.builder()
            .metadata(
                ObjectMeta.builder()
                    .namespace(NAMESPACE)
                    .name(settings.name())
                    .ownerReferences(
                        List.of(
                            OwnerReference.builder()
                                .apiVersion("v1")
                                .kind("Node")
                                .name(settings.name())
                                .uid(node.metadata().uid())
                                .build()))
                    .build())
            .spec(spec)
            .build());
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (task != null) {
      task.cancel();
    }
  }
}
