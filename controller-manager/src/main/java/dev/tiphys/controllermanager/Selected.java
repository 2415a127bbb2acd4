package dev.tiphys.controllermanager;

import dev.tiphys.daemon.ConfigException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which control loops run, as {@code --controllers} says.
 *
 * @param loops those that do
 */
record Selected(Set<Loop> loops) {

  /** The control loops that there are, each by upstream's name and its older one. */
  enum Loop {
    /** Rollouts. */
    DEPLOYMENT("deployment-controller", "deployment"),
    /** Numbers of pods. */
    REPLICASET("replicaset-controller", "replicaset"),
    /** Endpoints. */
    ENDPOINTS("endpoints-controller", "endpoint"),
    /** EndpointSlices. */
    ENDPOINT_SLICE("endpointslice-controller", "endpointslice"),
    /** Deletion of namespaces. */
    NAMESPACE("namespace-controller", "namespace"),
    /** Default accounts. */
    SERVICE_ACCOUNT("serviceaccount-controller", "serviceaccount"),
    /** The cluster's certificate authority. */
    ROOT_CA("root-ca-certificate-publisher-controller", "root-ca-cert-publisher"),
    /** Health of nodes. */
    NODE_LIFECYCLE("node-lifecycle-controller", "nodelifecycle"),
    /** Evictions by taints. */
    TAINT_EVICTION("taint-eviction-controller", "taint-eviction"),
    /** Pods that nobody looks after. */
    POD_SWEEPER("pod-garbage-collector-controller", "podgc"),
    /** Pod addresses of nodes. */
    NODE_IPAM("node-ipam-controller", "nodeipam"),
    /** What evictions PodDisruptionBudgets allow. */
    DISRUPTION("disruption-controller", "disruption"),
    /** What is used of quotas. */
    RESOURCE_QUOTA("resourcequota-controller", "resourcequota"),
    /** Claims that pods use. */
    CLAIM_PROTECTION("persistentvolumeclaim-protection-controller", "pvc-protection"),
    /** Volumes that claims have. */
    VOLUME_PROTECTION("persistentvolume-protection-controller", "pv-protection"),
    /** Classes of volume attributes that volumes have. */
    CLASS_PROTECTION("volumeattributesclass-protection-controller", "vac-protection"),
    /** Ranges of service addresses. */
    SERVICE_CIDR("service-cidr-controller", "service-cidr"),
    /** Objects without owners. */
    GARBAGE_COLLECTOR("garbage-collector-controller", "garbagecollector");

    final String title;
    final String alias;

    Loop(String title, String alias) {
      this.title = title;
      this.alias = alias;
    }
  }

  /** Loops of upstream's that we do not have; naming them is no mistake. */
  private static final Map<String, String> ABSENT =
      Map.ofEntries(
          Map.entry("bootstrap-signer-controller", "bootstrapsigner"),
          Map.entry("certificatesigningrequest-approving-controller", "csrapproving"),
          Map.entry("certificatesigningrequest-cleaner-controller", "csrcleaner"),
          Map.entry("certificatesigningrequest-signing-controller", "csrsigning"),
          Map.entry("clusterrole-aggregation-controller", "clusterrole-aggregation"),
          Map.entry("cronjob-controller", "cronjob"),
          Map.entry("daemonset-controller", "daemonset"),
          Map.entry("endpointslice-mirroring-controller", "endpointslicemirroring"),
          Map.entry("ephemeral-volume-controller", "ephemeral-volume"),
          Map.entry("horizontal-pod-autoscaler-controller", "horizontalpodautoscaling"),
          Map.entry("job-controller", "job"),
          Map.entry("legacy-serviceaccount-token-cleaner-controller", "legacy-sa-token-cleaner"),
          Map.entry("persistentvolume-attach-detach-controller", "attachdetach"),
          Map.entry("persistentvolume-binder-controller", "persistentvolume-binder"),
          Map.entry("persistentvolume-expander-controller", "persistentvolume-expander"),
          Map.entry("replicationcontroller-controller", "replicationcontroller"),
          Map.entry("resourceclaim-controller", "resource-claim-controller"),
          Map.entry("serviceaccount-token-controller", "serviceaccount-token"),
          Map.entry("statefulset-controller", "statefulset"),
          Map.entry("token-cleaner-controller", "tokencleaner"),
          Map.entry("ttl-after-finished-controller", "ttl-after-finished"),
          Map.entry("ttl-controller", "ttl"),
          Map.entry(
              "validatingadmissionpolicy-status-controller", "validatingadmissionpolicy-status"));

  /** Copies the set. */
  Selected {
    loops = Set.copyOf(loops);
  }

  /** Whether a loop runs. */
  boolean has(Loop loop) {
    return loops.contains(loop);
  }

  /**
   * Reads the flag.
   *
   * @throws ConfigException if a name is none
   */
  static Selected parse(List<String> names) {
    Set<Loop> loops = new HashSet<>();
    Set<String> asked = new HashSet<>();
    for (String name : names) {
      asked.add(name);
      String bare = name.startsWith("-") ? name.substring(1) : name;
      if (!bare.equals("*") && !known(bare)) {
        throw ConfigException.flag("--controllers", "there is no controller named " + bare);
      }
    }
    for (Loop loop : Loop.values()) {
      boolean off = asked.contains("-" + loop.title) || asked.contains("-" + loop.alias);
      boolean on = asked.contains(loop.title) || asked.contains(loop.alias);
      if (on || (asked.contains("*") && !off)) {
        loops.add(loop);
      }
    }
    return new Selected(loops);
  }

  private static boolean known(String name) {
    for (Loop loop : Loop.values()) {
      if (loop.title.equals(name) || loop.alias.equals(name)) {
        return true;
      }
    }
    return ABSENT.containsKey(name) || ABSENT.containsValue(name);
  }
}
