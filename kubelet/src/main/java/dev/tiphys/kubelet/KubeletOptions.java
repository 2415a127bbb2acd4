package dev.tiphys.kubelet;

import dev.tiphys.daemon.DaemonOptions;
import dev.tiphys.daemon.options.DurationConverter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The kubelet's flags, named as upstream names them. Where a flag is given, it wins over the file.
 */
@Command(description = "Runs the pods that are bound to this node.", sortOptions = false)
final class KubeletOptions extends DaemonOptions {

  @Option(names = "--kubeconfig", paramLabel = "FILE", description = "How to reach the API server.")
  @Nullable Path kubeconfig;

  @Option(names = "--config", paramLabel = "FILE", description = "A KubeletConfiguration.")
  @Nullable Path config;

  @Option(
      names = "--container-runtime-endpoint",
      paramLabel = "SOCKET",
      description = "The CRI socket. Default: unix:///run/containerd/containerd.sock.")
  @Nullable String runtimeEndpoint;

  @Option(
      names = "--hostname-override",
      paramLabel = "NAME",
      description = "This node's name. Default: the host name.")
  @Nullable String hostname;

  @Option(
      names = "--node-ip",
      paramLabel = "IP",
      split = ",",
      description = "This node's addresses. Default: that of the way to the API server.")
  List<String> nodeIps = List.of();

  @Option(
      names = "--node-labels",
      paramLabel = "KEY=VALUE",
      split = ",",
      description = "Labels to register the node with.")
  Map<String, String> nodeLabels = Map.of();

  @Option(
      names = "--register-node",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Register the node with the API server. Default: true.")
  boolean registerNode = true;

  @Option(
      names = "--register-with-taints",
      paramLabel = "KEY=VALUE:EFFECT",
      split = ",",
      description = "Taints to register the node with.")
  List<String> taints = List.of();

  @Option(
      names = "--root-dir",
      paramLabel = "DIR",
      description = "Where pods' files are kept. Default: /var/lib/kubelet.")
  Path rootDirectory = Path.of("/var/lib/kubelet");

  @Option(names = "--address", paramLabel = "IP", description = "Address to serve on.")
  @Nullable String address;

  @Option(names = "--port", paramLabel = "PORT", description = "Port to serve on. Default: 10250.")
  @Nullable Integer port;

  @Option(names = "--max-pods", paramLabel = "N", description = "Pods to take. Default: 110.")
  @Nullable Integer maxPods;

  @Option(
      names = "--cluster-dns",
      paramLabel = "IP",
      split = ",",
      description = "The cluster's name servers.")
  List<String> clusterDns = List.of();

  @Option(names = "--cluster-domain", paramLabel = "DOMAIN", description = "The cluster's domain.")
  @Nullable String clusterDomain;

  @Option(names = "--resolv-conf", paramLabel = "FILE", description = "The node's name service.")
  @Nullable String resolvConf;

  @Option(names = "--tls-cert-file", paramLabel = "FILE", description = "Certificate to serve by.")
  @Nullable Path certificate;

  @Option(names = "--tls-private-key-file", paramLabel = "FILE", description = "Its private key.")
  @Nullable Path privateKey;

  @Option(
      names = "--client-ca-file",
      paramLabel = "FILE",
      description = "Who signs callers' certificates.")
  @Nullable Path clientCa;

  @Option(
      names = "--anonymous-auth",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Let callers in without a name. Default: false.")
  @Nullable Boolean anonymousAuth;

  @Option(
      names = "--authentication-token-webhook",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Have the API server check tokens. Default: true.")
  @Nullable Boolean tokenWebhook;

  @Option(
      names = "--authorization-mode",
      paramLabel = "MODE",
      description = "Webhook (the default) or AlwaysAllow.")
  @Nullable String authorizationMode;

  @Option(
      names = "--healthz-bind-address",
      paramLabel = "IP",
      description = "Where to serve /healthz.")
  @Nullable String healthAddress;

  @Option(
      names = "--healthz-port",
      paramLabel = "PORT",
      description = "Its port; 0 for none. Default: 10248.")
  @Nullable Integer healthPort;

  @Option(
      names = "--cgroup-root",
      paramLabel = "CGROUP",
      description = "Below which pods' cgroups go.")
  @Nullable String cgroupRoot;

  @Option(
      names = "--node-status-update-frequency",
      converter = DurationConverter.class,
      description = "How often the node's status is looked at. Default: 10s.")
  @Nullable Duration statusFrequency;
}
