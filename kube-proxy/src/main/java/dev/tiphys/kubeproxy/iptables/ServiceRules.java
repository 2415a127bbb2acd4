package dev.tiphys.kubeproxy.iptables;

import static dev.tiphys.kubeproxy.iptables.Table.FILTER;
import static dev.tiphys.kubeproxy.iptables.Table.NAT;

import dev.tiphys.kubeproxy.service.Backend;
import dev.tiphys.kubeproxy.service.ServicePort;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Turns service ports into the contents of the proxy's chains. A pure function; for one use.
 *
 * <p>A packet to a service address meets {@code KUBE-SERVICES} in nat, jumps to the service's
 * {@code KUBE-SVC-} chain (by way of {@code KUBE-EXT-} if it came from outside), there to one of
 * its {@code KUBE-SEP-} chains by chance, and has its destination rewritten. Packets that must come
 * back through this node are marked on the way and masqueraded in {@code KUBE-POSTROUTING}. A
 * service without a backend has no nat rules; in the filter table its address is rejected, so that
 * clients fail at once.
 */
public final class ServiceRules {

  /**
   * What the rules depend on besides the services.
   *
   * @param clusterCidr the pods' range; traffic from elsewhere to a service address is masqueraded.
   *     Empty if not known
   * @param masqueradeAll whether all traffic to service addresses is masqueraded
   * @param masqueradeBit bit of the packet mark that says "masquerade", 0 to 31
   */
  public record Settings(Optional<String> clusterCidr, boolean masqueradeAll, int masqueradeBit) {
    String mark() {
      return "0x" + Integer.toHexString(1 << masqueradeBit);
    }
  }

  private final Settings settings;
  private final RuleSet.Builder rules = new RuleSet.Builder();

  private ServiceRules(Settings settings) {
    this.settings = settings;
  }

  /** The chains for these services and no others. */
  public static RuleSet of(Settings settings, List<ServicePort> ports) {
    ServiceRules all = new ServiceRules(settings);
    all.writeFixedChains();
    ports.forEach(all::write);
    // Last, because an address of this node may also be an external address of a service.
    all.rules.rule(
        NAT,
        ChainNames.SERVICES,
        "-m comment --comment \"kubernetes service nodeports; NOTE: this must be the last rule in this"
            + " chain\" -m addrtype --dst-type LOCAL -j "
            + ChainNames.NODE_PORTS);
    return all.rules.build();
  }

  private void writeFixedChains() {
    String mark = settings.mark();
    for (String chain :
        List.of(ChainNames.SERVICES, ChainNames.NODE_PORTS, ChainNames.MARK_MASQUERADE)) {
      rules.chain(NAT, chain);
    }
    for (String chain :
        List.of(
            ChainNames.SERVICES,
            ChainNames.EXTERNAL_SERVICES,
            ChainNames.NODE_PORTS,
            ChainNames.FIREWALL,
            ChainNames.CANARY)) {
      rules.chain(FILTER, chain);
    }
    rules.chain(NAT, ChainNames.CANARY);
    rules.rule(NAT, ChainNames.MARK_MASQUERADE, "-j MARK --or-mark " + mark);
    rules.rule(NAT, ChainNames.POSTROUTING, "-m mark ! --mark " + mark + "/" + mark + " -j RETURN");
    // The mark goes, lest the packet be masqueraded again when it passes another node's rules.
    rules.rule(NAT, ChainNames.POSTROUTING, "-j MARK --xor-mark " + mark);
    rules.rule(
        NAT,
        ChainNames.POSTROUTING,
        "-m comment --comment \"kubernetes service traffic requiring SNAT\" -j MASQUERADE"
            + " --random-fully");
    // Packets that conntrack cannot place would leave with a pod's address and reset the
    // connection.
    rules.rule(FILTER, ChainNames.FORWARD, "-m conntrack --ctstate INVALID -j DROP");
    rules.rule(
        FILTER,
        ChainNames.FORWARD,
        "-m comment --comment \"kubernetes forwarding rules\" -m mark --mark "
            + mark
            + "/"
            + mark
            + " -j ACCEPT");
    rules.rule(
        FILTER,
        ChainNames.FORWARD,
        "-m comment --comment \"kubernetes forwarding conntrack rule\" -m conntrack --ctstate"
            + " RELATED,ESTABLISHED -j ACCEPT");
  }

  private void write(ServicePort port) {
    List<Backend> cluster = port.clusterBackends();
    List<Backend> local = port.localBackends();
    writeInternal(port, cluster, local);
    if (port.isExternal()) {
      writeExternal(port, cluster, local);
    }
    boolean clusterChainUsed =
        !port.internalTrafficLocal() || (port.isExternal() && !cluster.isEmpty());
    if (clusterChainUsed && !cluster.isEmpty()) {
      writeBalancing(port, ChainNames.cluster(port), cluster);
    }
    boolean localChainUsed =
        port.internalTrafficLocal() || (port.isExternal() && port.externalTrafficLocal());
    if (localChainUsed && !local.isEmpty()) {
      writeBalancing(port, ChainNames.local(port), local);
    }
    Map<String, Backend> distinct = new HashMap<>();
    cluster.forEach(b -> distinct.put(b.address(), b));
    local.forEach(b -> distinct.put(b.address(), b));
    distinct.values().forEach(b -> writeBackend(port, b));
  }

  private void writeInternal(ServicePort port, List<Backend> cluster, List<Backend> local) {
    String to =
        "-m "
            + protocol(port)
            + " -p "
            + protocol(port)
            + " -d "
            + port.clusterIp()
            + " --dport "
            + port.port();
    List<Backend> usable = port.internalTrafficLocal() ? local : cluster;
    if (usable.isEmpty()) {
      refuse(ChainNames.SERVICES, port, to, !cluster.isEmpty());
      return;
    }
    String chain = port.internalTrafficLocal() ? ChainNames.local(port) : ChainNames.cluster(port);
    rules.rule(
        NAT, ChainNames.SERVICES, comment(port.name() + " cluster IP") + " " + to + " -j " + chain);
    if (settings.masqueradeAll()) {
      rules.rule(NAT, chain, comment(port.name() + " cluster IP") + " " + to + masquerade());
    } else if (settings.clusterCidr().isPresent()) {
      rules.rule(
          NAT,
          chain,
          comment(port.name() + " cluster IP")
              + " "
              + to
              + " ! -s "
              + settings.clusterCidr().get()
              + masquerade());
    }
  }

  private void writeExternal(ServicePort port, List<Backend> cluster, List<Backend> local) {
    List<Backend> usable = port.externalTrafficLocal() ? local : cluster;
    String proto = "-m " + protocol(port) + " -p " + protocol(port);
    if (usable.isEmpty()) {
      boolean elsewhere = !cluster.isEmpty();
      if (port.nodePort() != 0) {
        refuse(
            ChainNames.EXTERNAL_SERVICES,
            port,
            "-m addrtype --dst-type LOCAL " + proto + " --dport " + port.nodePort(),
            elsewhere);
      }
      for (String ip : port.externalIps()) {
        refuse(
            ChainNames.EXTERNAL_SERVICES,
            port,
            proto + " -d " + ip + " --dport " + port.port(),
            elsewhere);
      }
      // With local backends lacking, pods and this node itself may still use the others.
      if (!elsewhere) {
        return;
      }
    }
    String chain = ChainNames.external(port);
    writeExternalChain(port, chain, usable, cluster);
    if (port.nodePort() != 0) {
      rules.rule(
          NAT,
          ChainNames.NODE_PORTS,
          comment(port.name()) + " " + proto + " --dport " + port.nodePort() + " -j " + chain);
    }
    String entry = port.sourceRanges().isEmpty() ? chain : writeFirewall(port, chain, proto);
    for (String ip : port.externalIps()) {
      rules.rule(
          NAT,
          ChainNames.SERVICES,
          comment(port.name() + " external IP")
              + " "
              + proto
              + " -d "
              + ip
              + " --dport "
              + port.port()
              + " -j "
              + entry);
    }
  }

  private void writeExternalChain(
      ServicePort port, String chain, List<Backend> usable, List<Backend> cluster) {
    rules.chain(NAT, chain);
    if (!port.externalTrafficLocal()) {
      rules.rule(
          NAT,
          chain,
          comment("masquerade traffic for " + port.name() + " external destinations")
              + masquerade());
      rules.rule(NAT, chain, "-j " + ChainNames.cluster(port));
      return;
    }
    if (!cluster.isEmpty()) {
      String toAll = " -j " + ChainNames.cluster(port);
      settings
          .clusterCidr()
          .ifPresent(cidr ->
              rules.rule(
                  NAT,
                  chain,
                  comment("pod traffic for " + port.name() + " external destinations")
                      + " -s "
                      + cidr
                      + toAll));
      rules.rule(
          NAT,
          chain,
          comment("masquerade LOCAL traffic for " + port.name() + " external destinations")
              + " -m addrtype --src-type LOCAL"
              + masquerade());
      rules.rule(
          NAT,
          chain,
          comment("route LOCAL traffic for " + port.name() + " external destinations")
              + " -m addrtype --src-type LOCAL"
              + toAll);
    }
    if (!usable.isEmpty()) {
      rules.rule(NAT, chain, "-j " + ChainNames.local(port));
    }
  }

  /** Only the allowed sources reach the external chain; the rest is dropped in the filter table. */
  private String writeFirewall(ServicePort port, String external, String proto) {
    String chain = ChainNames.firewall(port);
    rules.chain(NAT, chain);
    for (String range : port.sourceRanges()) {
      rules.rule(
          NAT,
          chain,
          comment(port.name() + " loadbalancer IP") + " -s " + range + " -j " + external);
    }
    for (String ip : port.externalIps()) {
      rules.rule(
          FILTER,
          ChainNames.FIREWALL,
          comment(port.name() + " traffic not accepted by " + chain)
              + " "
              + proto
              + " -d "
              + ip
              + " --dport "
              + port.port()
              + " -j DROP");
    }
    return chain;
  }

  private void writeBalancing(ServicePort port, String chain, List<Backend> backends) {
    rules.chain(NAT, chain);
    port.affinity()
        .ifPresent(affinity -> {
          for (Backend backend : backends) {
            String target = ChainNames.backend(port, backend);
            rules.rule(
                NAT,
                chain,
                comment(port.name() + " -> " + backend.address())
                    + " -m recent --name "
                    + target
                    + " --rcheck --seconds "
                    + affinity.toSeconds()
                    + " --reap -j "
                    + target);
          }
        });
    for (int i = 0; i < backends.size(); i++) {
      Backend backend = backends.get(i);
      int left = backends.size() - i;
      String chance =
          left == 1
              ? ""
              : String.format(
                  Locale.ROOT, " -m statistic --mode random --probability %.10f", 1.0 / left);
      rules.rule(
          NAT,
          chain,
          comment(port.name() + " -> " + backend.address())
              + chance
              + " -j "
              + ChainNames.backend(port, backend));
    }
  }

  private void writeBackend(ServicePort port, Backend backend) {
    String chain = ChainNames.backend(port, backend);
    // A pod that reaches itself through its service must not see its own address as the source.
    rules.rule(NAT, chain, comment(port.name()) + " -s " + backend.ip() + masquerade());
    String remember = port.affinity().isPresent() ? " -m recent --name " + chain + " --set" : "";
    rules.rule(
        NAT,
        chain,
        comment(port.name())
            + remember
            + " -m "
            + protocol(port)
            + " -p "
            + protocol(port)
            + " -j DNAT --to-destination "
            + backend.address());
  }

  private void refuse(String chain, ServicePort port, String to, boolean backendsElsewhere) {
    // Upstream drops where another node would serve, so that clients retry instead of giving up.
    rules.rule(
        FILTER,
        chain,
        backendsElsewhere
            ? comment(port.name() + " has no local endpoints") + " " + to + " -j DROP"
            : comment(port.name() + " has no endpoints") + " " + to + " -j REJECT");
  }

  private static String masquerade() {
    return " -j " + ChainNames.MARK_MASQUERADE;
  }

  private static String protocol(ServicePort port) {
    return port.protocol().lowerCase();
  }

  private static String comment(String text) {
    return "-m comment --comment \"" + text + "\"";
  }
}
