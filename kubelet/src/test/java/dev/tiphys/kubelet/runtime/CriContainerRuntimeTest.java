package dev.tiphys.kubelet.runtime;

import static dev.tiphys.kubelet.runtime.TestPods.aPod;
import static dev.tiphys.kubelet.runtime.TestPods.aShell;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.EnvVar;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.SecurityContext;
import dev.tiphys.cri.CriClient;
import dev.tiphys.cri.CriException;
import dev.tiphys.kubelet.containerd.PrivateContainerd;
import dev.tiphys.kubelet.containerd.RequiresContainerd;
import dev.tiphys.kubelet.logs.LogOptions;
import dev.tiphys.kubelet.logs.LogQuota;
import dev.tiphys.kubelet.logs.LogReader;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

@RequiresContainerd
class CriContainerRuntimeTest {
  @SuppressWarnings("NullAway.Init")
  private static PrivateContainerd containerd;

  @SuppressWarnings("NullAway.Init")
  private static CriClient client;

  @SuppressWarnings("NullAway.Init")
  private static CriContainerRuntime runtime;

  @SuppressWarnings("NullAway.Init")
  private static PodCgroups cgroups;

  private final List<String> events = new ArrayList<>();
  private String name = "";

  @BeforeAll
  static void start() throws Exception {
    containerd = new PrivateContainerd(41);
    client = CriClient.connect(containerd.endpoint());
    cgroups = PodCgroups.find(Path.of("/sys/fs/cgroup"), "/tiphys-runtime-test");
    runtime =
        new CriContainerRuntime(
            client,
            new RuntimeSettings(
                containerd.directory().resolve("logs"),
                containerd.directory().resolve("seccomp"),
                false,
                true,
                1L << 34,
                Duration.ofSeconds(20),
                LogQuota.DEFAULT),
            cgroups.isUnified(),
            new LogReader(Thread::sleep),
            InstantSource.system());
    await().until(() -> runtime.health().networkReady());
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    containerd.close();
    cgroups.removeAll();
  }

  @BeforeEach
  void nameThePod(TestInfo test) {
    name = test.getTestMethod().orElseThrow().getName().toLowerCase(java.util.Locale.ROOT);
  }

  @AfterEach
  void removeThePod() throws Exception {
    for (PodSummary.Sandbox sandbox :
        runtime.pods().stream().flatMap(pod -> pod.sandboxes().stream()).toList()) {
      runtime.stopSandbox(sandbox.id());
      runtime.removeSandbox(sandbox.id());
    }
    cgroups.remove("uid-of-" + name);
  }

  @Test
  void saysWhoItIs() {
    assertThat(runtime.version().nodeInfo()).startsWith("containerd://");
    assertThat(runtime.health().problems()).isEmpty();
  }

  @Test
  void runsAContainerAndTellsHowItEnded() throws Exception {
    Pod pod = aPod(name, aShell("main", "echo hello; echo why > /dev/termination-log; exit 3"));
    start(pod);

    ContainerState.Exited end = awaitExit(pod, "main");

    assertThat(end.exitCode()).isEqualTo(3);
    assertThat(end.reason()).isEqualTo("Error");
    assertThat(end.message()).isEqualTo("why");
    assertThat(end.finishedAt()).isAfterOrEqualTo(end.startedAt());
    assertThat(log(pod, "main")).isEqualTo("hello\n");
    assertThat(events)
        .containsExactly(
            "Pulled Container image \"tiphys.test/busybox:1\" already present on machine",
            "Created Created container: main",
            "Started Started container main");
  }

  @Test
  void givesThePodItsNameAddressesAndEnvironment() throws Exception {
    Container container =
        aShell("main", "hostname; cat /etc/hosts /etc/resolv.conf; echo $(GREETING)").toBuilder()
            .env(List.of(EnvVar.builder().name("GREETING").value("hi").build()))
            .build();
    Pod pod = aPod(name, container);
    start(pod);
    awaitExit(pod, "main");

    String ip = runtime.pod(PodIdentity.of(pod)).sandboxes().getFirst().ips().getFirst();
    assertThat(ip).startsWith("10.231.41.");
    assertThat(log(pod, "main"))
        .startsWith(name + "\n# Kubernetes-managed hosts file.\n")
        .contains(ip + "\t" + name + "\n")
        .contains("search svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n")
        .endsWith("hi\n");
  }

  @Test
  void keepsTheLastLinesOfAContainerThatFailedWithoutAWord() throws Exception {
    Container container =
        aShell("main", "echo out of cheese; exit 1").toBuilder()
            .terminationMessagePolicy("FallbackToLogsOnError")
            .build();
    Pod pod = aPod(name, container);
    start(pod);

    assertThat(awaitExit(pod, "main").message()).isEqualTo("out of cheese");
  }

  @Test
  void stopsAContainerWithinItsGrace() throws Exception {
    Pod pod = aPod(name, aShell("main", "trap 'exit 0' TERM; echo ready; sleep 600 & wait"));
    String id = start(pod);
    await().until(() -> log(pod, "main").equals("ready\n"));

    runtime.stopContainer(id, Duration.ofSeconds(20));

    assertThat(awaitExit(pod, "main").reason()).isEqualTo("Completed");
    runtime.stopContainer(id, Duration.ZERO);
    runtime.removeContainer(id);
    runtime.removeContainer(id);
    assertThat(runtime.pod(PodIdentity.of(pod)).containers()).isEmpty();
  }

  @Test
  void findsEverythingAgainAfterARestart() throws Exception {
    Pod pod = aPod(name, aShell("main", "sleep 600"));
    String id = start(pod);
    PodState before = runtime.pod(PodIdentity.of(pod));

    containerd.restart();

    await().until(() -> runtime.health().ready());
    assertThat(runtime.pod(PodIdentity.of(pod))).isEqualTo(before);
    ContainerState container = before.container("main").orElseThrow();
    assertThat(container.id()).isEqualTo(id);
    assertThat(container.restartCount()).isZero();
    assertThat(container.specHash())
        .isEqualTo(ContainerHash.of(requireNonNull(pod.spec()).containers().getFirst()));
    assertThat(runtime.pods())
        .singleElement()
        .satisfies(summary -> assertThat(summary.isRunning()).isTrue());
  }

  @Test
  void runsCommandsForProbes() throws Exception {
    Pod pod = aPod(name, aShell("main", "sleep 600"));
    String id = start(pod);

    assertThat(
            runtime.exec(id, List.of("/bin/sh", "-c", "echo fine; exit 4"), Duration.ofSeconds(9)))
        .isEqualTo(new ExecResult(4, "fine\n"));
    CriException late =
        catchThrowableOfType(
            CriException.class,
            () -> runtime.exec(id, List.of("/bin/sleep", "60"), Duration.ofSeconds(1)));
    assertThat(late.kind()).isEqualTo(CriException.Kind.DEADLINE_EXCEEDED);
    assertThat(runtime.use(id)).isPresent();
  }

  @Test
  void saysThatACommandDoesNotExist() throws Exception {
    Container container =
        aShell("main", "").toBuilder().command(List.of("/bin/no-such-program")).build();
    Pod pod = aPod(name, container);

    ContainerStartException e =
        catchThrowableOfType(ContainerStartException.class, () -> start(pod));

    assertThat(e.reason()).isEqualTo(ContainerStartException.Reason.RunContainerError);
    assertThat(e).hasMessageContaining("/bin/no-such-program");
    assertThat(events).last().asString().startsWith("Failed Error: ");
    ContainerState.Exited end = awaitExit(pod, "main");
    assertThat(end.reason()).isEqualTo("StartError");
    assertThat(end.startedAt()).isEqualTo(end.finishedAt());
  }

  @Test
  void refusesRootWhereThePodDoes() {
    PodSpec spec =
        PodSpec.builder()
            .containers(
                List.of(
                    aShell("main", "id").toBuilder()
                        .securityContext(SecurityContext.builder().runAsNonRoot(true).build())
                        .build()))
            .build();

    ContainerStartException e =
        catchThrowableOfType(ContainerStartException.class, () -> start(aPod(name, spec)));

    assertThat(e.reason()).isEqualTo(ContainerStartException.Reason.CreateContainerConfigError);
    assertThat(e).hasMessageContaining("container has runAsNonRoot and image will run as root");
  }

  @Test
  void saysWhyAnImageIsNotToBeHad() {
    Container missing = aShell("main", "").toBuilder().image("127.0.0.1:1/nothing:1").build();
    Pod pod = aPod(name, missing);

    assertThat(imageFailure(pod, missing).reason()).isEqualTo(ImageException.Reason.ErrImagePull);
    ImageException waiting = imageFailure(pod, missing);
    assertThat(waiting.reason()).isEqualTo(ImageException.Reason.ImagePullBackOff);
    assertThat(waiting)
        .hasMessageStartingWith("Back-off pulling image \"127.0.0.1:1/nothing:1\": ErrImagePull: ");
    assertThat(imageFailure(pod, missing.toBuilder().imagePullPolicy("Never").build()).reason())
        .isEqualTo(ImageException.Reason.ErrImageNeverPull);
    assertThat(imageFailure(pod, missing.toBuilder().image("Not An Image").build()).reason())
        .isEqualTo(ImageException.Reason.InvalidImageName);
  }

  @Test
  void leavesNoLogAndNoCgroup() throws Exception {
    Pod pod = aPod(name, aShell("main", "sleep 600"));
    start(pod);
    PodIdentity identity = PodIdentity.of(pod);
    assertThat(cgroups.uids()).contains(identity.uid());

    String sandbox = runtime.pod(identity).sandboxes().getFirst().id();
    runtime.stopSandbox(sandbox);
    runtime.removeSandbox(sandbox);
    cgroups.remove(identity.uid());

    assertThat(cgroups.uids()).isEmpty();
    assertThat(containerd.directory().resolve("logs")).isEmptyDirectory();
    runtime.removeSandbox(sandbox);
  }

  @Test
  void listsImages() {
    assertThat(runtime.images())
        .anySatisfy(image -> assertThat(image.names()).contains(PrivateContainerd.BUSYBOX));
  }

  private String start(Pod pod) throws Exception {
    SandboxRequest sandbox =
        TestPods.sandbox(
            pod, containerd.directory().resolve("pods").resolve(name), cgroups.create(pod));
    String sandboxId = runtime.startSandbox(sandbox);
    PodState.Sandbox state = runtime.pod(PodIdentity.of(pod)).readySandbox().orElseThrow();
    Container container = requireNonNull(pod.spec()).containers().getFirst();
    String image = runtime.ensureImage(new ImageRequest(sandbox, container, List.of()), this::note);
    Map<String, String> environment = new LinkedHashMap<>();
    container.env().forEach(variable -> environment.put(variable.name(), variable.value()));
    return runtime.startContainer(
        new ContainerRequest(
            sandbox, sandboxId, state.ips(), container, 0, image, environment, List.of(), null),
        this::note);
  }

  private void note(RuntimeEvents.Type type, String reason, String message) {
    events.add(reason + " " + message);
  }

  private ImageException imageFailure(Pod pod, Container container) {
    SandboxRequest sandbox =
        TestPods.sandbox(pod, containerd.directory().resolve("pods").resolve(name), "");
    return catchThrowableOfType(
        ImageException.class,
        () -> runtime.ensureImage(new ImageRequest(sandbox, container, List.of()), this::note));
  }

  private static ContainerState.Exited awaitExit(Pod pod, String container) {
    return await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                runtime
                    .pod(PodIdentity.of(pod))
                    .container(container)
                    .map(ContainerState::life)
                    .filter(ContainerState.Exited.class::isInstance)
                    .map(ContainerState.Exited.class::cast),
            java.util.Optional::isPresent)
        .orElseThrow();
  }

  private static String log(Pod pod, String container) throws Exception {
    var out = new ByteArrayOutputStream();
    Path log = runtime.pod(PodIdentity.of(pod)).container(container).orElseThrow().logPath();
    assertThat(Files.exists(log)).isTrue();
    new LogReader(duration -> {}).copy(log, LogOptions.WHOLE, () -> false, out);
    return out.toString(java.nio.charset.StandardCharsets.UTF_8);
  }
}
