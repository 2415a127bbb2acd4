package dev.tiphys.kubeproxy.service;

/**
 * One endpoint of a service port.
 *
 * @param ip of either family
 * @param port 1 to 65535
 * @param ready whether it takes new connections
 * @param serving whether it still answers, though it may be terminating
 * @param terminating whether its pod is being deleted
 * @param local whether it is on this node
 */
public record Backend(
    String ip, int port, boolean ready, boolean serving, boolean terminating, boolean local) {

  /** A ready backend elsewhere. */
  public static Backend remote(String ip, int port) {
    return new Backend(ip, port, true, true, false, false);
  }

  /** The same backend on this node. */
  public Backend onThisNode() {
    return new Backend(ip, port, ready, serving, terminating, true);
  }

  /** {@code ip:port}, or {@code [ip]:port} for IPv6. */
  public String address() {
    return (IpFamily.IPV6.holds(ip) ? "[" + ip + "]" : ip) + ":" + port;
  }
}
