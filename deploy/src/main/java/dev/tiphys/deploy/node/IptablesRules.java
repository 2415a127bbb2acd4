package dev.tiphys.deploy.node;

import dev.tiphys.deploy.layout.Cidr;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The iptables rules of this node, as input for {@code iptables-restore --noflush}: pure functions
 * on texts.
 */
public final class IptablesRules {
  static final String FORWARD = "TIPHYS-FORWARD";
  static final String POSTROUTING = "TIPHYS-POSTROUTING";

  /** Chains that only a Kubernetes node makes: ours, kube-proxy's and the kubelet's. */
  private static final Pattern OWNED = Pattern.compile("(TIPHYS|KUBE)-[A-Z0-9-]+");

  private static final Pattern PORT_MAPPING =
      Pattern.compile("-A CNI-HOSTPORT-DNAT .*-j (CNI-DN-\\S+)");

  private IptablesRules() {}

  /**
   * Rules that let pods talk. Flushes and fills our own chains; jumps to them are not in it, see
   * {@link #jumps}.
   *
   * <p>Docker sets the policy of FORWARD to DROP, so pods' packets are accepted before it applies.
   * What leaves the pods' range takes the node's address. Control planes reach everything; what
   * reaches them from elsewhere comes through the balancer, which is not forwarding.
   */
  public static String node(Cidr podCidr, Cidr nodePodCidr) {
    return """
    *filter
    :%1$s - [0:0]
    -A %1$s -i %5$s -m comment --comment "tiphys: from control planes" -j ACCEPT
    -A %1$s -o %5$s -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment "tiphys: answers to control planes" -j ACCEPT
    -A %1$s -o %5$s -m comment --comment "tiphys: control planes are not open to others" -j DROP
    -A %1$s -s %3$s -m comment --comment "tiphys: from pods" -j ACCEPT
    -A %1$s -d %3$s -m comment --comment "tiphys: to pods" -j ACCEPT
    COMMIT
    *nat
    :%2$s - [0:0]
    -A %2$s -s %4$s ! -d %3$s -m comment --comment "tiphys: pods leave with the node's address" -j MASQUERADE
    COMMIT
    """
        .formatted(FORWARD, POSTROUTING, podCidr, nodePodCidr, ControlPlaneNetwork.BRIDGE);
  }

  /**
   * The jumps to our chains: each the arguments of {@code iptables}, less the {@code -A}, {@code
   * -C} or {@code -I} itself.
   */
  static List<Jump> jumps() {
    return List.of(
        new Jump("filter", "FORWARD", FORWARD), new Jump("nat", "POSTROUTING", POSTROUTING));
  }

  /** A rule that leads from a built-in chain to one of ours. */
  record Jump(String table, String from, String to) {}

  /**
   * What removes everything that a cluster put into the tables, and nothing else.
   *
   * @param saved what {@code iptables-save} prints
   * @return input for {@code iptables-restore --noflush}; empty when there is nothing to remove
   */
  public static String removal(String saved) {
    var removal = new StringBuilder();
    var section = new ArrayList<String>();
    for (String line : saved.lines().toList()) {
      if (line.startsWith("*")) {
        section.clear();
      }
      section.add(line);
      if (line.equals("COMMIT")) {
        removal.append(removalOfTable(section));
        section.clear();
      }
    }
    return removal.toString();
  }

  private static String removalOfTable(List<String> section) {
    Set<String> gone = new HashSet<>();
    for (String line : section) {
      if (line.startsWith(":")) {
        String chain = line.substring(1).split(" ")[0];
        if (OWNED.matcher(chain).matches()) {
          gone.add(chain);
        }
      }
      // The portmap plugin's chain for a pod of ours: its network is named in the comment.
      var mapping = PORT_MAPPING.matcher(line);
      if (mapping.matches() && line.contains("dnat name: \\\"" + CniConfig.NETWORK + "\\\"")) {
        gone.add(mapping.group(1));
      }
    }
    addIdlePortMapping(section, gone);
    if (gone.isEmpty()) {
      return "";
    }
    var text = new StringBuilder(section.getFirst()).append('\n');
    // Declaring a chain flushes it, so that chains which refer to one another can be deleted.
    gone.stream().sorted().forEach(chain -> text.append(':').append(chain).append(" - [0:0]\n"));
    for (String line : section) {
      if (!line.startsWith("-A ")) {
        continue;
      }
      String[] words = line.split(" ");
      if (!gone.contains(words[1]) && gone.contains(target(words))) {
        text.append("-D ").append(line.substring(3)).append('\n');
      }
    }
    gone.stream().sorted().forEach(chain -> text.append("-X ").append(chain).append('\n'));
    return text.append("COMMIT\n").toString();
  }

  /** The portmap plugin's common chains do nothing once no pod's port is mapped. */
  private static void addIdlePortMapping(List<String> section, Set<String> gone) {
    boolean inUse =
        section.stream()
            .filter(line -> line.startsWith("-A CNI-HOSTPORT-DNAT "))
            .anyMatch(line -> !gone.contains(target(line.split(" "))));
    if (!inUse) {
      section.stream()
          .filter(line -> line.startsWith(":CNI-HOSTPORT-"))
          .forEach(line -> gone.add(line.substring(1).split(" ")[0]));
    }
  }

  private static String target(String[] words) {
    for (int i = 0; i + 1 < words.length; i++) {
      if (words[i].equals("-j") || words[i].equals("-g")) {
        return words[i + 1];
      }
    }
    return "";
  }
}
