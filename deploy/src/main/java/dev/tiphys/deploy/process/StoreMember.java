package dev.tiphys.deploy.process;

import java.nio.file.Path;

/**
 * A member of the cluster's store.
 *
 * @param daemon the name of its daemon: {@code store}, or {@code store-1} and so on
 * @param name by which the other members know it
 * @param address the IP address that it listens on
 * @param data where it keeps its copy
 */
public record StoreMember(String daemon, String name, String address, Path data) {
  /** Where clients reach it. */
  public String clientUrl() {
    return "https://" + address + ":" + ControlPlaneDaemons.STORE_PORT;
  }

  /** Where other members reach it. */
  public String peerUrl() {
    return "https://" + address + ":" + ControlPlaneDaemons.STORE_PEER_PORT;
  }

  /** How it stands in {@code --initial-cluster}. */
  String listed() {
    return name + "=" + peerUrl();
  }
}
