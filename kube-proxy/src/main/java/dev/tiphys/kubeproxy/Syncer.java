package dev.tiphys.kubeproxy;

import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.discovery.v1.EndpointSlice;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.kubeproxy.iptables.Iptables;
import dev.tiphys.kubeproxy.iptables.IptablesException;
import dev.tiphys.kubeproxy.iptables.RestoreScript;
import dev.tiphys.kubeproxy.iptables.RuleSet;
import dev.tiphys.kubeproxy.iptables.ServiceRules;
import dev.tiphys.kubeproxy.service.IpFamily;
import dev.tiphys.kubeproxy.service.ServicePort;
import dev.tiphys.kubeproxy.service.ServicePorts;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the kernel's tables of one family to what services ask for: computes all rules, writes
 * those that differ from what it wrote last. The first run, any run after a failure, and any run
 * that finds the tables tampered with, writes everything. Level-triggered: one key stands for the
 * whole node. A family that no service has is left alone, for it may not be there at all.
 *
 * <p>Not thread-safe; its controller has one worker.
 */
final class Syncer implements Reconciler<Syncer.Node> {

  /** The only key: this node. */
  enum Node {
    THIS
  }

  private static final Logger log = LoggerFactory.getLogger(Syncer.class);

  private final Lister<Service> services;
  private final Lister<EndpointSlice> slices;
  private final IpFamily family;
  private final String nodeName;
  private final ServiceRules.Settings settings;
  private final Iptables iptables;
  private final StaleFlows staleFlows;
  private final Duration checkPeriod;
  private final SyncHealth health;

  /** What was written last; null if the kernel's state is not known. */
  private @Nullable RuleSet written;

  private List<ServicePort> served = List.of();

  Syncer(
      IpFamily family,
      Lister<Service> services,
      Lister<EndpointSlice> slices,
      ProxyConfig config,
      StaleFlows staleFlows,
      SyncHealth health) {
    this.family = family;
    this.services = services;
    this.slices = slices;
    this.nodeName = config.nodeName();
    this.settings = config.rules(family);
    this.iptables = new Iptables(family);
    this.staleFlows = staleFlows;
    this.checkPeriod = config.syncPeriod();
    this.health = health;
  }

  @Override
  public Result reconcile(Node key) {
    List<ServicePort> ports = ServicePorts.of(family, services.all(), slices.all(), nodeName);
    if (ports.isEmpty() && written == null && nothingLeft()) {
      health.succeeded();
      return Result.after(checkPeriod);
    }
    RuleSet wanted = ServiceRules.of(settings, ports);
    try {
      RuleSet before = known();
      String script = RestoreScript.between(before, wanted);
      if (!script.isEmpty()) {
        iptables.restore(script);
      }
      if (written == null) {
        // Only now do the chains exist that the jumps lead to.
        iptables.ensureJumps();
        log.info(
            "event=rules-written family={} services={} full=true", family.text(), ports.size());
      }
      written = wanted;
      staleFlows.forget(served, ports);
      served = ports;
      health.succeeded();
      return Result.after(checkPeriod);
    } catch (IptablesException e) {
      written = null;
      health.failed(e.getMessage());
      log.error(
          "event=sync-failed family={} retry={} error={}",
          family.text(),
          Limits.RETRY,
          e.getMessage());
      return Result.after(Limits.RETRY);
    }
  }

  /** Whether no rules are there from a run before this one. */
  private boolean nothingLeft() {
    try {
      return iptables.leftovers().equals(RuleSet.EMPTY);
    } catch (IptablesException e) {
      log.debug("event=family-not-there family={} cause={}", family.text(), e.getMessage());
      return true;
    }
  }

  private RuleSet known() throws IptablesException {
    RuleSet last = written;
    if (last != null && iptables.isIntact()) {
      return last;
    }
    if (last != null) {
      log.warn(
          "event=rules-lost family={} cause=\"somebody flushed the tables\" action=\"writing all\"",
          family.text());
    }
    written = null;
    return iptables.leftovers();
  }
}
