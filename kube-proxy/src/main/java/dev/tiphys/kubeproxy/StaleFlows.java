package dev.tiphys.kubeproxy;

import dev.tiphys.kubeproxy.service.Backend;
import dev.tiphys.kubeproxy.service.IpFamily;
import dev.tiphys.kubeproxy.service.Protocol;
import dev.tiphys.kubeproxy.service.ServicePort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the kernel forget UDP flows to backends that are gone. TCP resets by itself; a UDP client
 * that keeps sending would keep its translation, and so talk into the void, for as long as it
 * sends.
 */
class StaleFlows {

  private static final Logger log = LoggerFactory.getLogger(StaleFlows.class);

  /**
   * A flow to forget.
   *
   * @param serviceIp what the client sends to
   * @param backendIp where the kernel sends it
   */
  record Flow(String serviceIp, String backendIp) {}

  /** The flows to backends that served before and do not now. A pure function. */
  static Set<Flow> stale(List<ServicePort> before, List<ServicePort> after) {
    Set<Flow> flows = flows(before);
    flows.removeAll(flows(after));
    return flows;
  }

  private static Set<Flow> flows(List<ServicePort> ports) {
    Set<Flow> flows = new HashSet<>();
    for (ServicePort port : ports) {
      if (port.protocol() == Protocol.UDP) {
        List<String> addresses = new ArrayList<>(port.externalIps());
        addresses.add(port.clusterIp());
        Set<String> backends =
            port.clusterBackends().stream().map(Backend::ip).collect(Collectors.toSet());
        for (String address : addresses) {
          backends.forEach(backend -> flows.add(new Flow(address, backend)));
        }
      }
    }
    return flows;
  }

  void forget(List<ServicePort> before, List<ServicePort> after) {
    for (Flow flow : stale(before, after)) {
      delete(flow);
    }
  }

  private static void delete(Flow flow) {
    try {
      Process process =
          new ProcessBuilder(
                  "conntrack",
                  "-D",
                  "-f",
                  IpFamily.IPV6.holds(flow.serviceIp()) ? "ipv6" : "ipv4",
                  "-p",
                  "udp",
                  "--orig-dst",
                  flow.serviceIp(),
                  "--dst-nat",
                  flow.backendIp())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      // It exits with 1 when there was no such flow, which is as good.
      if (!process.waitFor(Limits.PROGRAM_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        log.warn("event=conntrack-slow flow={}", flow);
      }
    } catch (IOException e) {
      log.warn("event=conntrack-failed package=conntrack error={}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
