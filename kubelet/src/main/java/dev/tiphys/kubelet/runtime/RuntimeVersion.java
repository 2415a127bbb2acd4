package dev.tiphys.kubelet.runtime;

/**
 * Which runtime this is.
 *
 * @param name for instance {@code containerd}
 * @param version the program's
 * @param apiVersion of the Container Runtime Interface, for instance {@code v1}
 */
public record RuntimeVersion(String name, String version, String apiVersion) {
  /** As {@code status.nodeInfo.containerRuntimeVersion} has it: {@code containerd://1.6.20}. */
  public String nodeInfo() {
    return name + "://" + version;
  }
}
