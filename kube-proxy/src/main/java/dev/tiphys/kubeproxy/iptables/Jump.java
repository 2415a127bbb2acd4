package dev.tiphys.kubeproxy.iptables;

import java.util.List;
import java.util.stream.Stream;

/**
 * A rule in one of the kernel's own chains that leads into the proxy's.
 *
 * @param table where
 * @param from as {@code PREROUTING}
 * @param match further arguments, comment included
 * @param to the chain of ours
 */
record Jump(Table table, String from, List<String> match, String to) {

  private static final List<String> NEW_CONNECTIONS =
      List.of("-m", "conntrack", "--ctstate", "NEW");

  /** All that are needed; each goes to the top of its chain, so the last named is met first. */
  static final List<Jump> ALL =
      List.of(
          jump(Table.NAT, "PREROUTING", List.of(), ChainNames.SERVICES, "service portals"),
          jump(Table.NAT, "OUTPUT", List.of(), ChainNames.SERVICES, "service portals"),
          jump(Table.NAT, "POSTROUTING", List.of(), ChainNames.POSTROUTING, "postrouting rules"),
          jump(
              Table.FILTER,
              "INPUT",
              NEW_CONNECTIONS,
              ChainNames.EXTERNAL_SERVICES,
              "externally-visible service portals"),
          jump(
              Table.FILTER,
              "INPUT",
              List.of(),
              ChainNames.NODE_PORTS,
              "health check service ports"),
          jump(
              Table.FILTER,
              "INPUT",
              NEW_CONNECTIONS,
              ChainNames.FIREWALL,
              "load balancer firewall"),
          jump(Table.FILTER, "FORWARD", List.of(), ChainNames.FORWARD, "forwarding rules"),
          jump(Table.FILTER, "FORWARD", NEW_CONNECTIONS, ChainNames.SERVICES, "service portals"),
          jump(
              Table.FILTER,
              "FORWARD",
              NEW_CONNECTIONS,
              ChainNames.EXTERNAL_SERVICES,
              "externally-visible service portals"),
          jump(
              Table.FILTER,
              "FORWARD",
              NEW_CONNECTIONS,
              ChainNames.FIREWALL,
              "load balancer firewall"),
          jump(Table.FILTER, "OUTPUT", NEW_CONNECTIONS, ChainNames.SERVICES, "service portals"),
          jump(
              Table.FILTER,
              "OUTPUT",
              NEW_CONNECTIONS,
              ChainNames.FIREWALL,
              "load balancer firewall"));

  private static Jump jump(
      Table table, String from, List<String> match, String to, String purpose) {
    List<String> comment = List.of("-m", "comment", "--comment", "kubernetes " + purpose);
    return new Jump(table, from, Stream.concat(match.stream(), comment.stream()).toList(), to);
  }
}
