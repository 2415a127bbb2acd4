package dev.tiphys.kubelet.runtime;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import dev.tiphys.api.core.v1.ContainerPort;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSecurityContext;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Sysctl;
import dev.tiphys.cri.v1.DNSConfig;
import dev.tiphys.cri.v1.LinuxContainerResources;
import dev.tiphys.cri.v1.LinuxPodSandboxConfig;
import dev.tiphys.cri.v1.LinuxSandboxSecurityContext;
import dev.tiphys.cri.v1.PodSandboxConfig;
import dev.tiphys.cri.v1.PodSandboxMetadata;
import dev.tiphys.cri.v1.PortMapping;
import dev.tiphys.cri.v1.Protocol;
import dev.tiphys.cri.v1.SecurityProfile;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** From a pod to its sandbox's configuration. Pure functions. */
final class SandboxConfigs {
  private SandboxConfigs() {}

  static PodSandboxConfig of(SandboxRequest request, RuntimeSettings settings) {
    Pod pod = request.pod();
    PodIdentity identity = PodIdentity.of(pod);
    PodSpec spec = requireNonNull(pod.spec());
    PodSandboxConfig.Builder config =
        PodSandboxConfig.newBuilder()
            .setMetadata(
                PodSandboxMetadata.newBuilder()
                    .setName(identity.name())
                    .setNamespace(identity.namespace())
                    .setUid(identity.uid())
                    .setAttempt(request.attempt()))
            .setLogDirectory(settings.logsOf(identity).toString())
            .setDnsConfig(
                DNSConfig.newBuilder()
                    .addAllServers(request.dns().servers())
                    .addAllSearches(request.dns().searches())
                    .addAllOptions(request.dns().options()))
            .putAllLabels(labels(pod, identity))
            .putAllAnnotations(pod.metadata().annotations())
            .setLinux(linux(request, spec));
    if (!Boolean.TRUE.equals(spec.hostNetwork())) {
      config.setHostname(PodHostname.ofKernel(pod, request.clusterDomain()));
      spec.containers().stream()
          .flatMap(container -> container.ports().stream())
          .filter(port -> port.hostPort() != null && port.hostPort() > 0)
          .map(SandboxConfigs::portMapping)
          .forEach(config::addPortMappings);
    }
    return config.build();
  }

  private static Map<String, String> labels(Pod pod, PodIdentity identity) {
    Map<String, String> labels = new TreeMap<>(pod.metadata().labels());
    labels.put(RuntimeLabels.POD_NAME, identity.name());
    labels.put(RuntimeLabels.POD_NAMESPACE, identity.namespace());
    labels.put(RuntimeLabels.POD_UID, identity.uid());
    return labels;
  }

  private static PortMapping portMapping(ContainerPort port) {
    return PortMapping.newBuilder()
        .setContainerPort(requireNonNullElse(port.containerPort(), 0))
        .setHostPort(requireNonNullElse(port.hostPort(), 0))
        .setHostIp(requireNonNullElse(port.hostIP(), ""))
        .setProtocol(
            switch (requireNonNullElse(port.protocol(), "TCP")) {
              case "UDP" -> Protocol.UDP;
              case "SCTP" -> Protocol.SCTP;
              default -> Protocol.TCP;
            })
        .build();
  }

  private static LinuxPodSandboxConfig linux(SandboxRequest request, PodSpec spec) {
    LinuxPodSandboxConfig.Builder linux =
        LinuxPodSandboxConfig.newBuilder()
            .setCgroupParent(request.cgroupParent())
            .setSecurityContext(securityContext(spec))
            .setResources(resources(PodResources.of(request.pod())));
    if (spec.securityContext() != null) {
      for (Sysctl sysctl : spec.securityContext().sysctls()) {
        linux.putSysctls(
            requireNonNullElse(sysctl.name(), "").replace('/', '.'),
            requireNonNullElse(sysctl.value(), ""));
      }
    }
    return linux.build();
  }

  private static LinuxContainerResources resources(PodResources resources) {
    return LinuxContainerResources.newBuilder()
        .setCpuShares(resources.cpuShares())
        .setCpuPeriod(PodResources.CPU_PERIOD_MICROS)
        .setCpuQuota(resources.cpuQuotaMicros())
        .setMemoryLimitInBytes(resources.memoryBytes())
        .build();
  }

  private static LinuxSandboxSecurityContext securityContext(PodSpec spec) {
    LinuxSandboxSecurityContext.Builder context =
        LinuxSandboxSecurityContext.newBuilder()
            .setNamespaceOptions(SecurityContexts.namespaces(spec))
            .setPrivileged(
                Stream.concat(spec.containers().stream(), spec.initContainers().stream())
                    .anyMatch(container ->
                        container.securityContext() != null
                            && Boolean.TRUE.equals(container.securityContext().privileged())))
            .setSeccomp(
                SecurityProfile.newBuilder()
                    .setProfileType(SecurityProfile.ProfileType.RuntimeDefault));
    PodSecurityContext pod = spec.securityContext();
    if (pod != null) {
      if (pod.runAsUser() != null) {
        context.setRunAsUser(SecurityContexts.value(pod.runAsUser()));
      }
      if (pod.runAsUser() != null && pod.runAsGroup() != null) {
        context.setRunAsGroup(SecurityContexts.value(pod.runAsGroup()));
      }
      context.addAllSupplementalGroups(SecurityContexts.groups(pod));
      if (pod.seLinuxOptions() != null) {
        context.setSelinuxOptions(SecurityContexts.selinux(pod.seLinuxOptions()));
      }
    }
    return context.build();
  }
}
