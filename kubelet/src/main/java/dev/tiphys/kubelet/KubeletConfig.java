package dev.tiphys.kubelet;

import dev.tiphys.kubelet.node.NodeSettings;
import dev.tiphys.kubelet.runtime.PodDns;
import dev.tiphys.kubelet.runtime.RuntimeSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the kubelet was told, validated.
 *
 * @param kubeconfig how to reach the API server
 * @param runtimeEndpoint the CRI socket, as {@code unix:///run/containerd/containerd.sock}
 * @param rootDirectory where the kubelet keeps pods' files
 * @param cgroupRoot below which all pods' cgroups go
 * @param node what the node is
 * @param runtime what holds for all pods
 * @param dns the cluster's name service
 * @param resolvConf the node's own name service
 * @param serving the server that the API server calls
 * @param health where {@code /healthz} is served on this machine; null for nowhere
 */
record KubeletConfig(
    Path kubeconfig,
    String runtimeEndpoint,
    Path rootDirectory,
    String cgroupRoot,
    NodeSettings node,
    RuntimeSettings runtime,
    PodDns.Cluster dns,
    PodDns.Settings resolvConf,
    Serving serving,
    @Nullable InetSocketAddress health) {

  /**
   * How the kubelet serves.
   *
   * @param address where
   * @param certificate its certificate chain
   * @param privateKey of the certificate
   * @param clientCa who signs callers' certificates
   * @param anonymous whether callers without a certificate or token are let in
   * @param webhookTokens whether tokens are shown to the API server
   * @param webhookAuthorization whether the API server is asked what a caller may; if not, all may
   *     all
   */
  record Serving(
      InetSocketAddress address,
      @Nullable Path certificate,
      @Nullable Path privateKey,
      @Nullable Path clientCa,
      boolean anonymous,
      boolean webhookTokens,
      boolean webhookAuthorization) {}
}
