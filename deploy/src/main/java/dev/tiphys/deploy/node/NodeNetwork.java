package dev.tiphys.deploy.node;

import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.machine.Shell;
import dev.tiphys.deploy.node.IptablesRules.Jump;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Puts this node's interfaces, routes, kernel settings and iptables rules in place, and takes them
 * away.
 */
public final class NodeNetwork {
  /** The bridge that pods hang on. */
  public static final String BRIDGE = "tiphys0";

  /**
   * A bridge without ports, which leads nowhere. The route to the service range points here:
   * translated packets never get so far, untranslated ones die here, even on a machine without a
   * default route. (A dummy interface would do as well, but not every kernel has them; a bridge we
   * need anyway.)
   */
  public static final String SERVICES = "tiphys-svc";

  private static final Map<String, String> KERNEL_SETTINGS =
      Map.of(
          "net/ipv4/ip_forward", "1",
          "net/bridge/bridge-nf-call-iptables", "1");

  private final Shell shell;

  public NodeNetwork(Shell shell) {
    this.shell = shell;
  }

  /** Makes what is missing; changes nothing that is right already. */
  public void ensure(ClusterSettings settings) throws IOException {
    for (var setting : KERNEL_SETTINGS.entrySet()) {
      Path file = Path.of("/proc/sys").resolve(setting.getKey());
      if (!Files.readString(file).strip().equals(setting.getValue())) {
        Files.writeString(file, setting.getValue());
      }
    }
    shell.must("ip", "link", "set", "lo", "up");
    if (!exists(BRIDGE)) {
      shell.must("ip", "link", "add", BRIDGE, "type", "bridge");
    }
    shell.must(
        "ip",
        "address",
        "replace",
        settings.podGateway() + "/" + settings.nodePodCidr().prefix(),
        "dev",
        BRIDGE);
    shell.must("ip", "link", "set", BRIDGE, "up");
    if (!exists(SERVICES)) {
      shell.must("ip", "link", "add", SERVICES, "type", "bridge");
    }
    shell.must("ip", "link", "set", SERVICES, "up");
    shell.must("ip", "route", "replace", settings.serviceCidr().toString(), "dev", SERVICES);
    shell.mustFeed(
        IptablesRules.node(settings.podCidr(), settings.nodePodCidr()),
        "iptables-restore",
        "--wait",
        "--noflush");
    for (Jump jump : IptablesRules.jumps()) {
      String[] rule = {"-m", "comment", "--comment", "tiphys", "-j", jump.to()};
      if (!shell.run(iptables(jump, "-C", rule)).ok()) {
        shell.must(iptables(jump, "-I", rule));
      }
    }
  }

  private static String[] iptables(Jump jump, String verb, String... rule) {
    var command =
        new java.util.ArrayList<>(
            List.of("iptables", "--wait", "-t", jump.table(), verb, jump.from()));
    command.addAll(List.of(rule));
    return command.toArray(String[]::new);
  }

  /** Takes everything away again. Returns sentences on what could not be removed. */
  public List<String> remove() {
    var complaints = new java.util.ArrayList<String>();
    for (String family : List.of("iptables", "ip6tables")) {
      var saved = shell.run(family + "-save");
      String removal = saved.ok() ? IptablesRules.removal(saved.output()) : "";
      if (!removal.isEmpty()) {
        var done = shell.feed(removal, family + "-restore", "--wait", "--noflush");
        if (!done.ok()) {
          complaints.add(family + " rules remain: " + done.output());
        }
      }
    }
    for (String link : List.of(BRIDGE, SERVICES)) {
      if (exists(link)) {
        var done = shell.run("ip", "link", "delete", link);
        if (!done.ok()) {
          complaints.add("the interface " + link + " remains: " + done.output());
        }
      }
    }
    return complaints;
  }

  private boolean exists(String link) {
    return shell.run("ip", "link", "show", "dev", link).ok();
  }
}
