package dev.tiphys.deploy.node;

import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.ControlPlane;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.machine.Shell;
import java.util.ArrayList;
import java.util.List;

/**
 * The network namespaces of several control planes, each joined by a pair of interfaces to a bridge
 * that this machine has an address on.
 */
public final class ControlPlaneNetwork {
  /** The bridge that control planes hang on. */
  public static final String BRIDGE = "tiphys-cp";

  /** As many as there can be. */
  private static final int MOST = 5;

  private final Shell shell;
  private final DataDir directory;

  public ControlPlaneNetwork(Shell shell, DataDir directory) {
    this.shell = shell;
    this.directory = directory;
  }

  /** Makes what is missing; changes nothing that is right already. */
  public void ensure(ClusterSettings settings) {
    if (settings.planes().isEmpty()) {
      return;
    }
    if (!shell.run("ip", "link", "show", "dev", BRIDGE).ok()) {
      shell.must("ip", "link", "add", BRIDGE, "type", "bridge");
    }
    int prefix = ControlPlane.NETWORK.prefix();
    shell.must("ip", "address", "replace", ControlPlane.FRONT + "/" + prefix, "dev", BRIDGE);
    shell.must("ip", "link", "set", BRIDGE, "up");
    for (ControlPlane plane : settings.planes()) {
      join(plane, prefix);
    }
  }

  private void join(ControlPlane plane, int prefix) {
    String namespace = plane.namespace(directory);
    String outside = outside(plane);
    // After a reboot the name may be left of a namespace that is gone.
    if (!shell.run("ip", "netns", "exec", namespace, "true").ok()) {
      shell.run("ip", "netns", "delete", namespace);
      shell.must("ip", "netns", "add", namespace);
    }
    if (!shell.run("ip", "link", "show", "dev", outside).ok()) {
      shell.must(
          "ip", "link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", namespace);
    }
    shell.must("ip", "link", "set", outside, "master", BRIDGE, "up");
    inside(namespace, "link", "set", "lo", "up");
    inside(namespace, "address", "replace", plane.address() + "/" + prefix, "dev", "eth0");
    inside(namespace, "link", "set", "eth0", "up");
    inside(namespace, "route", "replace", "default", "via", ControlPlane.FRONT);
  }

  private void inside(String namespace, String... command) {
    var whole = new ArrayList<>(List.of("ip", "-netns", namespace));
    whole.addAll(List.of(command));
    shell.must(whole.toArray(String[]::new));
  }

  private static String outside(ControlPlane plane) {
    return BRIDGE + plane.number();
  }

  /** Takes everything away again. Returns sentences on what could not be removed. */
  public List<String> remove() {
    var complaints = new ArrayList<String>();
    for (ControlPlane plane : ControlPlane.several(MOST)) {
      String namespace = plane.namespace(directory);
      if (shell
          .run("ip", "netns", "list")
          .output()
          .lines()
          .anyMatch(l -> l.split(" ")[0].equals(namespace))) {
        // The interfaces go with the namespace.
        var done = shell.run("ip", "netns", "delete", namespace);
        if (!done.ok()) {
          complaints.add("the network namespace " + namespace + " remains: " + done.output());
        }
      }
    }
    if (shell.run("ip", "link", "show", "dev", BRIDGE).ok()) {
      var done = shell.run("ip", "link", "delete", BRIDGE);
      if (!done.ok()) {
        complaints.add("the interface " + BRIDGE + " remains: " + done.output());
      }
    }
    return complaints;
  }
}
