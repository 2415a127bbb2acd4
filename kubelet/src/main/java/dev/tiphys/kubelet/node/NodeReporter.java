package dev.tiphys.kubelet.node;

import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.NodeSpec;
import dev.tiphys.api.core.v1.NodeStatus;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.cri.CriException;
import dev.tiphys.kubelet.runtime.ContainerRuntime;
import dev.tiphys.kubelet.runtime.NodeImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers the node and keeps its status true. The status is looked at often and written when it
 * changed, or when it was not written for long; in between the {@link NodeHeartbeat} tells that the
 * node lives. Thread-safe.
 */
public final class NodeReporter implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NodeReporter.class);
  private static final Duration RETRY = Duration.ofMillis(500);

  private final ResourceClient<Node> nodes;
  private final ContainerRuntime runtime;
  private final NodeSettings settings;
  private final Path kubeletDirectory;
  private final Environment environment;
  private Duration writtenAt = Duration.ZERO;
  private volatile boolean registered;
  private Environment.@Nullable Task task;
  private boolean closed;

  /**
   * Nothing happens before {@link #start}.
   *
   * @param kubeletDirectory on the file system whose size is reported
   */
  public NodeReporter(
      ResourceClient<Node> nodes,
      ContainerRuntime runtime,
      NodeSettings settings,
      Path kubeletDirectory,
      Environment environment) {
    this.nodes = nodes;
    this.runtime = runtime;
    this.settings = settings;
    this.kubeletDirectory = kubeletDirectory;
    this.environment = environment;
  }

  /** Begins to report. */
  public synchronized void start() {
    task = environment.execute("node-status", this::run);
  }

  /** Whether the API knows the node. */
  public boolean isRegistered() {
    return registered;
  }

  /**
   * What the node has to give to pods.
   *
   * @throws IOException if the kernel does not tell
   */
  public static Map<String, Quantity> allocatable(NodeSettings settings, Path kubeletDirectory)
      throws IOException {
    return NodeStatuses.allocatable(settings, MachineFacts.read(kubeletDirectory));
  }

  /**
   * The memory of this machine.
   *
   * @throws IOException if the kernel does not tell
   */
  public static long memoryBytes() throws IOException {
    return MachineFacts.memory("MemTotal:");
  }

  private void run() {
    Duration next = settings.statusFrequency();
    try {
      report();
    } catch (ApiException | CriException | IOException e) {
      log.warn("event=node-status-failed node={} error={}", settings.name(), e.getMessage());
      next = registered ? next : RETRY;
    } finally {
      synchronized (this) {
        if (!closed) {
          task = environment.schedule(next, "node-status", this::run);
        }
      }
    }
  }

  private void report() throws IOException {
    Optional<Node> found = nodes.find(settings.name());
    Node current = found.isPresent() ? found.get() : register();
    registered = true;
    NodeStatus before = current.status() == null ? NodeStatus.EMPTY : current.status();
    NodeStatus status = status(before);
    boolean changed =
        !NodeStatuses.withoutHeartbeats(status).equals(NodeStatuses.withoutHeartbeats(before));
    boolean due = environment.uptime().minus(writtenAt).compareTo(settings.reportFrequency()) >= 0;
    if (changed || due) {
      nodes.updateStatus(current.withStatus(status));
      writtenAt = environment.uptime();
    }
  }

  private Node register() throws IOException {
    if (!settings.register()) {
      throw new IOException(
          "node "
              + settings.name()
              + " is not there, and --register-node=false says not to make it");
    }
    Map<String, String> labels = new HashMap<>(settings.labels());
    labels.put("kubernetes.io/hostname", settings.hostname());
    for (String prefix : List.of("kubernetes.io/", "beta.kubernetes.io/")) {
      labels.put(prefix + "os", "linux");
      labels.put(prefix + "arch", MachineFacts.architecture());
    }
    Node node =
        Node.builder()
            .metadata(ObjectMeta.builder().name(settings.name()).labels(labels).build())
            .spec(NodeSpec.builder().taints(settings.taints()).build())
            .status(status(NodeStatus.EMPTY))
            .build();
    Node created = nodes.create(node);
    log.info("event=node-registered node={}", settings.name());
    return created;
  }

  private NodeStatus status(NodeStatus before) throws IOException {
    return NodeStatuses.of(
        settings,
        MachineFacts.read(kubeletDirectory),
        runtime.health(),
        runtimeVersion(before),
        images(),
        before,
        environment.clock().instant());
  }

  private String runtimeVersion(NodeStatus before) {
    try {
      return runtime.version().nodeInfo();
    } catch (CriException away) {
      String known = before.nodeInfo() == null ? null : before.nodeInfo().containerRuntimeVersion();
      return known == null ? "" : known;
    }
  }

  private List<NodeImage> images() {
    try {
      return runtime.images();
    } catch (CriException away) {
      // The Ready condition says that the runtime is away.
      return List.of();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (task != null) {
      task.cancel();
    }
  }
}
