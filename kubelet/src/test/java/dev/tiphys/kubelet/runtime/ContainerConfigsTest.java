package dev.tiphys.kubelet.runtime;

import static dev.tiphys.kubelet.runtime.TestPods.aPod;
import static dev.tiphys.kubelet.runtime.TestPods.aShell;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.Capabilities;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ContainerPort;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSecurityContext;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.core.v1.SeccompProfile;
import dev.tiphys.api.core.v1.SecurityContext;
import dev.tiphys.api.core.v1.Sysctl;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.cri.v1.ContainerConfig;
import dev.tiphys.cri.v1.LinuxContainerResources;
import dev.tiphys.cri.v1.LinuxContainerSecurityContext;
import dev.tiphys.cri.v1.NamespaceMode;
import dev.tiphys.cri.v1.PodSandboxConfig;
import dev.tiphys.cri.v1.SecurityProfile.ProfileType;
import dev.tiphys.kubelet.logs.LogQuota;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerConfigsTest {
  private static final long NODE_MEMORY = 16L << 30;
  private static final RuntimeSettings SETTINGS =
      new RuntimeSettings(
          Path.of("/var/log/pods"),
          Path.of("/var/lib/kubelet/seccomp"),
          false,
          true,
          NODE_MEMORY,
          Duration.ofMinutes(1),
          LogQuota.DEFAULT);

  @Test
  void isKnownAgainByItsLabels() {
    ContainerConfig config = config(aPod("web", aShell("main", "true")), 3);

    assertThat(config.getLabelsMap())
        .containsEntry("io.kubernetes.pod.name", "web")
        .containsEntry("io.kubernetes.pod.namespace", "default")
        .containsEntry("io.kubernetes.pod.uid", "uid-of-web")
        .containsEntry("io.kubernetes.container.name", "main");
    assertThat(config.getAnnotationsMap())
        .containsEntry("io.kubernetes.container.restartCount", "3")
        .containsKey("io.kubernetes.container.hash");
    assertThat(config.getMetadata().getAttempt()).isEqualTo(3);
    assertThat(config.getLogPath()).isEqualTo("main/3.log");
  }

  @Test
  void expandsItsCommandAndArguments() {
    Container container =
        aShell("main", "").toBuilder()
            .command(List.of("$(PROGRAM)"))
            .args(List.of("--to=$(WHO)", "$$(WHO)", "$(NOBODY)"))
            .build();
    ContainerConfig config =
        config(aPod("web", container), 0, Map.of("PROGRAM", "/bin/echo", "WHO", "you"));

    assertThat(config.getCommandList()).containsExactly("/bin/echo");
    assertThat(config.getArgsList()).containsExactly("--to=you", "$(WHO)", "$(NOBODY)");
  }

  @ParameterizedTest
  @CsvSource({
    // cpu request, cpu limit -> shares, quota
    ",,2,0",
    "500m,,512,0",
    ",250m,256,25000",
    "100m,2,102,200000",
    "1m,1m,2,1000",
  })
  void weighsAndBoundsTheProcessor(
      @org.jspecify.annotations.Nullable String request,
      @org.jspecify.annotations.Nullable String limit,
      long shares,
      long quota) {
    LinuxContainerResources resources = resources(amounts("cpu", request), amounts("cpu", limit));

    assertThat(resources.getCpuShares()).isEqualTo(shares);
    assertThat(resources.getCpuQuota()).isEqualTo(quota);
    assertThat(resources.getCpuPeriod()).isEqualTo(100_000);
  }

  @ParameterizedTest
  @CsvSource({
    // memory request, memory limit -> OOM score
    ",,1000",
    "1Mi,,999",
    "4Gi,,750",
    "15.99Gi,,3",
    ",1Gi,938",
  })
  void sparesWhoAskedForMoreOfTheNode(
      @org.jspecify.annotations.Nullable String request,
      @org.jspecify.annotations.Nullable String limit,
      long score) {
    assertThat(resources(amounts("memory", request), amounts("memory", limit)).getOomScoreAdj())
        .isEqualTo(score);
  }

  @Test
  void sparesGuaranteedPodsMost() {
    Map<String, Quantity> all = Map.of("cpu", Quantity.parse("1"), "memory", Quantity.parse("1Gi"));

    LinuxContainerResources resources = resources(Map.of(), all);

    assertThat(resources.getOomScoreAdj()).isEqualTo(-997);
    assertThat(resources.getMemoryLimitInBytes()).isEqualTo(1L << 30);
  }

  @Test
  void letsAContainersOwnSecurityGoBeforeItsPods() {
    Pod pod =
        aPod(
            "web",
            PodSpec.builder()
                .securityContext(
                    PodSecurityContext.builder()
                        .runAsUser(1L)
                        .runAsGroup(2L)
                        .fsGroup(3L)
                        .supplementalGroups(List.of(4L))
                        .seccompProfile(SeccompProfile.builder().type("RuntimeDefault").build())
                        .build())
                .containers(
                    List.of(
                        aShell("main", "true").toBuilder()
                            .securityContext(
                                SecurityContext.builder()
                                    .runAsUser(5L)
                                    .readOnlyRootFilesystem(true)
                                    .allowPrivilegeEscalation(false)
                                    .capabilities(
                                        Capabilities.builder()
                                            .drop(List.of("ALL"))
                                            .add(List.of("NET_BIND_SERVICE"))
                                            .build())
                                    .build())
                            .build()))
                .build());

    LinuxContainerSecurityContext context = config(pod, 0).getLinux().getSecurityContext();

    assertThat(context.getRunAsUser().getValue()).isEqualTo(5);
    assertThat(context.getRunAsGroup().getValue()).isEqualTo(2);
    assertThat(context.getSupplementalGroupsList()).containsExactly(4L, 3L);
    assertThat(context.getReadonlyRootfs()).isTrue();
    assertThat(context.getNoNewPrivs()).isTrue();
    assertThat(context.getCapabilities().getDropCapabilitiesList()).containsExactly("ALL");
    assertThat(context.getCapabilities().getAddCapabilitiesList())
        .containsExactly("NET_BIND_SERVICE");
    assertThat(context.getSeccomp().getProfileType()).isEqualTo(ProfileType.RuntimeDefault);
    assertThat(context.getMaskedPathsList()).contains("/proc/kcore");
  }

  @Test
  void isUnconfinedWithoutAProfile() {
    assertThat(
            config(aPod("web", aShell("main", "true")), 0)
                .getLinux()
                .getSecurityContext()
                .getSeccomp()
                .getProfileType())
        .isEqualTo(ProfileType.Unconfined);
  }

  @Test
  void sharesTheNodesNamespacesWherePodsAskForIt() {
    Pod pod =
        aPod(
            "web",
            PodSpec.builder()
                .hostNetwork(true)
                .shareProcessNamespace(true)
                .containers(
                    List.of(
                        aShell("main", "true").toBuilder()
                            .ports(
                                List.of(
                                    ContainerPort.builder().containerPort(80).hostPort(80).build()))
                            .build()))
                .build());

    PodSandboxConfig sandbox = SandboxConfigs.of(request(pod), SETTINGS);
    var namespaces = sandbox.getLinux().getSecurityContext().getNamespaceOptions();

    assertThat(namespaces.getNetwork()).isEqualTo(NamespaceMode.NODE);
    assertThat(namespaces.getPid()).isEqualTo(NamespaceMode.POD);
    assertThat(sandbox.getHostname()).isEmpty();
    assertThat(sandbox.getPortMappingsList()).isEmpty();
  }

  @Test
  void givesASandboxWhatThePodSays() {
    Pod pod =
        aPod(
            "web",
            PodSpec.builder()
                .hostname("www")
                .subdomain("pages")
                .setHostnameAsFQDN(true)
                .securityContext(
                    PodSecurityContext.builder()
                        .sysctls(
                            List.of(Sysctl.builder().name("net/core/somaxconn").value("9").build()))
                        .build())
                .containers(
                    List.of(
                        aShell("main", "true").toBuilder()
                            .ports(
                                List.of(
                                    ContainerPort.builder()
                                        .containerPort(8080)
                                        .hostPort(80)
                                        .build(),
                                    ContainerPort.builder().containerPort(9090).build()))
                            .build()))
                .build());

    PodSandboxConfig sandbox = SandboxConfigs.of(request(pod), SETTINGS);

    assertThat(sandbox.getHostname()).isEqualTo("www.pages.default.svc.cluster.local");
    assertThat(sandbox.getLogDirectory()).isEqualTo("/var/log/pods/default_web_uid-of-web");
    assertThat(sandbox.getLabelsMap()).containsEntry("app", "web");
    assertThat(sandbox.getLinux().getCgroupParent()).isEqualTo("/kubepods/pod1");
    assertThat(sandbox.getLinux().getSysctlsMap()).containsEntry("net.core.somaxconn", "9");
    assertThat(sandbox.getPortMappingsList())
        .singleElement()
        .satisfies(port -> assertThat(port.getHostPort()).isEqualTo(80));
  }

  private static Map<String, Quantity> amounts(
      String name, @org.jspecify.annotations.Nullable String amount) {
    return amount == null ? Map.of() : Map.of(name, Quantity.parse(amount));
  }

  private static LinuxContainerResources resources(
      Map<String, Quantity> requests, Map<String, Quantity> limits) {
    Container container =
        aShell("main", "true").toBuilder()
            .resources(ResourceRequirements.builder().requests(requests).limits(limits).build())
            .build();
    return config(aPod("web", container), 0).getLinux().getResources();
  }

  private static ContainerConfig config(Pod pod, int restartCount) {
    return config(pod, restartCount, Map.of());
  }

  private static ContainerConfig config(
      Pod pod, int restartCount, Map<String, String> environment) {
    Container container = java.util.Objects.requireNonNull(pod.spec()).containers().getFirst();
    ContainerRequest request =
        new ContainerRequest(
            request(pod),
            "sandbox",
            List.of(),
            container,
            restartCount,
            "sha256:1",
            environment,
            List.of(),
            null);
    return ContainerConfigs.of(
        request, SecurityContexts.ImageUser.ROOT, List.of(), false, SETTINGS);
  }

  private static SandboxRequest request(Pod pod) {
    return TestPods.sandbox(pod, Path.of("/pods"), "/kubepods/pod1");
  }
}
