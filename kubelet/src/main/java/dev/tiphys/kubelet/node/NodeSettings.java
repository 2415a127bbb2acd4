package dev.tiphys.kubelet.node;

import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.api.value.Quantity;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the node was told to be.
 *
 * @param name its name in the API
 * @param hostname for its addresses and label
 * @param ips its addresses, the primary one first
 * @param labels further labels at registration
 * @param taints at registration
 * @param register whether it registers itself
 * @param maxPods how many pods it takes
 * @param reserved of its resources for everything but pods
 * @param kubeletPort where the kubelet serves
 * @param kubeletVersion as {@code v1.36.0}
 * @param statusFrequency how often the status is computed
 * @param reportFrequency how often it is written though nothing changed
 * @param leaseDuration how long the node counts as alive after a heartbeat
 */
public record NodeSettings(
    String name,
    String hostname,
    List<String> ips,
    Map<String, String> labels,
    List<Taint> taints,
    boolean register,
    int maxPods,
    Map<String, Quantity> reserved,
    int kubeletPort,
    String kubeletVersion,
    Duration statusFrequency,
    Duration reportFrequency,
    Duration leaseDuration) {

  /** Keeps its own copies. */
  public NodeSettings {
    ips = List.copyOf(ips);
    labels = Map.copyOf(labels);
    taints = List.copyOf(taints);
    reserved = Map.copyOf(reserved);
  }
}
