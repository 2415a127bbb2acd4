package dev.tiphys.controllermanager;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the controller manager does, checked.
 *
 * @param selected which control loops run
 * @param authority the certificate authority for every namespace, PEM; null to publish none
 * @param podCidrs ranges to give nodes parts of; empty to give none
 * @param nodeMask prefix length of a node's part in IPv4
 * @param nodeMask6 prefix length of a node's part in IPv6
 * @param nodeGrace how long a node may be silent
 * @param nodeStartupGrace how long a new node may take to speak
 * @param endedPods how many ended pods are kept; 0 for all
 * @param workers how many keys each loop reconciles at once
 */
record ControllerManagerConfig(
    Selected selected,
    @Nullable String authority,
    List<String> podCidrs,
    int nodeMask,
    int nodeMask6,
    Duration nodeGrace,
    Duration nodeStartupGrace,
    int endedPods,
    Workers workers) {

  /** Numbers of workers. */
  record Workers(
      int deployments, int replicaSets, int endpoints, int slices, int namespaces, int garbage) {}
}
