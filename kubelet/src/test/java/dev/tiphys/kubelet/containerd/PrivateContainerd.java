package dev.tiphys.kubelet.containerd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.tiphys.cri.CriClient;
import dev.tiphys.cri.v1.PodSandbox;
import dev.tiphys.cri.v1.PodSandboxFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A containerd with root, state, socket and pod network of its own, and two images from the
 * machine's static busybox: {@value #PAUSE} and {@value #BUSYBOX}. Closing it leaves nothing
 * behind.
 */
public final class PrivateContainerd implements AutoCloseable {
  /** The sandboxes' image. */
  public static final String PAUSE = "tiphys.test/pause:1";

  /** A shell. */
  public static final String BUSYBOX = "tiphys.test/busybox:1";

  private final Path directory;
  private final String bridge;
  private Process process;

  /** Starts it, and waits until it answers. {@code subnet} is the third byte of 10.231.X.0/24. */
  public PrivateContainerd(int subnet) throws IOException, InterruptedException {
    this.directory = Files.createTempDirectory("tiphys-containerd");
    this.bridge = "tiphys-t" + subnet;
    Files.writeString(directory.resolve("config.toml"), config());
    Path cni = Files.createDirectories(directory.resolve("cni"));
    Files.writeString(cni.resolve("10-test.conflist"), network(subnet));
    this.process = start();
    importImage(PAUSE, "\"/bin/sh\",\"-c\",\"trap 'exit 0' TERM; sleep 86400 & wait\"");
    importImage(BUSYBOX, "");
  }

  /** For {@code CriClient.connect}. */
  public String endpoint() {
    return "unix://" + directory.resolve("containerd.sock");
  }

  /** A directory that goes when this does. */
  public Path directory() {
    return directory;
  }

  /** Kills containerd without warning and starts it again; containers go on. */
  public void restart() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    process = start();
  }

  /** Removes all pods first, so that no shim, mount or network namespace outlives containerd. */
  @Override
  public void close() throws IOException, InterruptedException {
    removeSandboxes();
    for (String task : run("ctr", "tasks", "ls", "-q").lines().toList()) {
      run("ctr", "tasks", "rm", "-f", task);
    }
    process.destroy();
    if (!process.waitFor(5, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    for (String mount : mountsBelow(directory)) {
      exec(List.of("umount", "-l", mount));
    }
    exec(List.of("ip", "link", "del", bridge));
    exec(List.of("rm", "-rf", directory.toString()));
  }

  /** Only the runtime itself takes the sandboxes' network namespaces and interfaces down. */
  private void removeSandboxes() {
    try (CriClient client = CriClient.connect(endpoint())) {
      for (PodSandbox sandbox : client.listPodSandboxes(PodSandboxFilter.getDefaultInstance())) {
        client.stopPodSandbox(sandbox.getId());
        client.removePodSandbox(sandbox.getId());
      }
    }
  }

  private Process start() throws IOException {
    Process started =
        new ProcessBuilder("containerd", "-c", directory.resolve("config.toml").toString())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("containerd.log").toFile()))
            .start();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> exec(ctr("version")).exitValue() == 0 || !started.isAlive());
    if (!started.isAlive()) {
      throw new IOException(
          "containerd ended: " + Files.readString(directory.resolve("containerd.log")));
    }
    return started;
  }

  private String config() {
    return """
    version = 2
    root = "%1$s/root"
    state = "%1$s/state"
    [grpc]
      address = "%1$s/containerd.sock"
    [plugins."io.containerd.internal.v1.opt"]
      path = "%1$s/opt"
    [plugins."io.containerd.grpc.v1.cri"]
      sandbox_image = "%2$s"
      restrict_oom_score_adj = true
      stream_server_address = "127.0.0.1"
      stream_server_port = "0"
      [plugins."io.containerd.grpc.v1.cri".cni]
        bin_dir = "/usr/lib/cni"
        conf_dir = "%1$s/cni"
    """
        .formatted(directory, PAUSE);
  }

  private String network(int subnet) {
    return """
    {"cniVersion":"0.4.0","name":"tiphys-test","plugins":[
      {"type":"bridge","bridge":"%s","isGateway":true,"ipam":{"type":"host-local",
       "dataDir":"%s/ipam","ranges":[[{"subnet":"10.231.%d.0/24"}]]}}]}
    """
        .formatted(bridge, directory, subnet);
  }

  /** Builds a docker-archive of one layer and hands it to containerd. */
  private void importImage(String name, String entrypoint)
      throws IOException, InterruptedException {
    Path work = Files.createTempDirectory(directory, "image");
    Path bin = Files.createDirectories(work.resolve("rootfs/bin"));
    Files.createDirectories(work.resolve("rootfs/tmp"));
    Files.createDirectories(work.resolve("rootfs/etc"));
    Files.writeString(
        work.resolve("rootfs/etc/passwd"), "root:x:0:0::/:/bin/sh\nweb:x:1000:1000::/:/bin/sh\n");
    exec(List.of("cp", "/bin/busybox", bin.resolve("busybox").toString()));
    for (String applet :
        List.of("sh", "sleep", "cat", "echo", "wc", "nc", "id", "hostname", "ls", "stty")) {
      Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
    }
    exec(List.of("tar", "-C", work + "/rootfs", "-cf", work + "/layer.tar", "."));
    String config =
        """
        {"architecture":"amd64","os":"linux",
         "config":{"Env":["PATH=/bin"],"Entrypoint":[%s],"Cmd":["/bin/sh"]},
         "rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}
        """
            .formatted(entrypoint, sha256(Files.readAllBytes(work.resolve("layer.tar"))));
    String configName = sha256(config.getBytes(UTF_8)) + ".json";
    Files.writeString(work.resolve(configName), config);
    Files.writeString(
        work.resolve("manifest.json"),
        "[{\"Config\":\"%s\",\"RepoTags\":[\"%s\"],\"Layers\":[\"layer.tar\"]}]"
            .formatted(configName, name));
    exec(
        List.of(
            "tar",
            "-C",
            work.toString(),
            "-cf",
            work + "/image.tar",
            configName,
            "layer.tar",
            "manifest.json"));
    run("ctr", "images", "import", work + "/image.tar");
  }

  private List<String> ctr(String... arguments) {
    return java.util.stream.Stream.concat(
            List.of("ctr", "-a", directory.resolve("containerd.sock").toString(), "-n", "k8s.io")
                .stream(),
            List.of(arguments).stream())
        .toList();
  }

  private String run(String program, String... arguments) throws IOException, InterruptedException {
    Process done = exec(program.equals("ctr") ? ctr(arguments) : List.of(arguments));
    return new String(done.getInputStream().readAllBytes(), UTF_8);
  }

  private static Process exec(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("no end of " + command);
    }
    return process;
  }

  private static List<String> mountsBelow(Path directory) {
    try {
      return Files.readAllLines(Path.of("/proc/mounts")).stream()
          .map(line -> line.split(" ")[1])
          .filter(mount -> mount.startsWith(directory + "/"))
          .toList()
          .reversed();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
