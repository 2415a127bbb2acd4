package dev.tiphys.scheduler;

/** Where a pod goes. */
public sealed interface Decision {

  /**
   * To a node.
   *
   * @param nodeName its name
   */
  record Place(String nodeName) implements Decision {}

  /**
   * Nowhere, for now.
   *
   * @param message for the pod's condition and event: how many nodes objected, and with what
   */
  record Unschedulable(String message) implements Decision {}
}
