package dev.tiphys.kubeproxy.iptables;

import dev.tiphys.kubeproxy.service.Backend;
import dev.tiphys.kubeproxy.service.ServicePort;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;

/**
 * Names of chains. Those of a service are hashed, because iptables allows 28 characters; the hash
 * is upstream's, so that a rule dump reads the same whoever wrote it.
 */
final class ChainNames {

  static final String SERVICES = "KUBE-SERVICES";
  static final String EXTERNAL_SERVICES = "KUBE-EXTERNAL-SERVICES";
  static final String NODE_PORTS = "KUBE-NODEPORTS";
  static final String POSTROUTING = "KUBE-POSTROUTING";
  static final String MARK_MASQUERADE = "KUBE-MARK-MASQ";
  static final String FORWARD = "KUBE-FORWARD";
  static final String FIREWALL = "KUBE-PROXY-FIREWALL";

  /** Stands for "nobody flushed the tables behind our back"; never jumped to. */
  static final String CANARY = "KUBE-PROXY-CANARY";

  /** The chains that are there whatever services there are. */
  static final Set<String> FIXED =
      Set.of(
          SERVICES,
          EXTERNAL_SERVICES,
          NODE_PORTS,
          POSTROUTING,
          MARK_MASQUERADE,
          FORWARD,
          FIREWALL,
          CANARY);

  private static final String BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int HASH_CHARACTERS = 16;

  private ChainNames() {}

  /** To any backend. */
  static String cluster(ServicePort port) {
    return "KUBE-SVC-" + hash(identity(port));
  }

  /** To this node's backends. */
  static String local(ServicePort port) {
    return "KUBE-SVL-" + hash(identity(port));
  }

  /** From outside. */
  static String external(ServicePort port) {
    return "KUBE-EXT-" + hash(identity(port));
  }

  /** The load balancer's source ranges. */
  static String firewall(ServicePort port) {
    return "KUBE-FW-" + hash(identity(port));
  }

  /** To one backend. */
  static String backend(ServicePort port, Backend backend) {
    return "KUBE-SEP-" + hash(identity(port) + backend.address());
  }

  /** Whether a chain found in the kernel is one of the proxy's. */
  static boolean isOurs(String chain) {
    return chain.startsWith("KUBE-SVC-")
        || chain.startsWith("KUBE-SVL-")
        || chain.startsWith("KUBE-EXT-")
        || chain.startsWith("KUBE-FW-")
        || chain.startsWith("KUBE-SEP-");
  }

  private static String identity(ServicePort port) {
    return port.name() + port.protocol().lowerCase();
  }

  private static String hash(String text) {
    byte[] digest;
    try {
      digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    StringBuilder name = new StringBuilder(HASH_CHARACTERS);
    for (int i = 0; i < HASH_CHARACTERS; i++) {
      int bit = i * 5;
      int word = (digest[bit / 8] & 0xff) << 8 | (digest[bit / 8 + 1] & 0xff);
      name.append(BASE_32.charAt(word >> (11 - bit % 8) & 31));
    }
    return name.toString();
  }
}
