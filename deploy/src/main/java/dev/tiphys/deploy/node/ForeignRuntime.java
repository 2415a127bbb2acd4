package dev.tiphys.deploy.node;

import dev.tiphys.cri.CriClient;
import dev.tiphys.cri.CriException;
import dev.tiphys.cri.v1.ImageSpec;
import dev.tiphys.cri.v1.PodSandbox;
import dev.tiphys.cri.v1.PodSandboxFilter;
import dev.tiphys.deploy.image.ImageBuilder;
import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.machine.Json;
import dev.tiphys.deploy.machine.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A container runtime that somebody else runs and that we only use, through its CRI socket. */
public final class ForeignRuntime {
  private static final String CNI_FILE = "10-tiphys.conflist";

  /**
   * Kept, for a logger that nobody holds forgets its level. Netty warns of options that unix
   * sockets lack.
   */
  private static final Logger NETTY = Logger.getLogger("io.netty");

  private final String endpoint;

  /**
   * @param endpoint {@code unix:///path}
   */
  public ForeignRuntime(String endpoint) {
    this.endpoint = endpoint;
    NETTY.setLevel(Level.SEVERE);
  }

  /** Why the runtime cannot be used; empty when it answers. */
  public Optional<String> complaint() {
    try (var cri = CriClient.connect(endpoint)) {
      cri.version();
      return Optional.empty();
    } catch (CriException silent) {
      return Optional.of(
          "No container runtime answers at "
              + endpoint
              + ": start it, with its CRI service enabled, or leave --container-runtime-endpoint out.");
    }
  }

  /**
   * Gives the runtime what pods need and it lacks: a network when none is configured, the pause
   * image when its own is not there and no registry can bring it. Both are told.
   *
   * @return sentences on what was added
   */
  public List<String> prepare(DataDir directory, ClusterSettings settings, Shell shell)
      throws IOException {
    var added = new ArrayList<String>();
    try (var cri = CriClient.connect(endpoint)) {
      var status = cri.status(true);
      Json config =
          Json.parse(status.getInfoOrDefault("config", "{}").getBytes(StandardCharsets.UTF_8));
      boolean network =
          status.getStatus().getConditionsList().stream()
              .anyMatch(c -> c.getType().equals("NetworkReady") && c.getStatus());
      Path conf =
          Path.of(
              config.get("cni").get("confDir").text().isEmpty()
                  ? "/etc/cni/net.d"
                  : config.get("cni").get("confDir").text());
      if (!network && !anyConfiguration(conf)) {
        Files.createDirectories(conf);
        Files.writeString(conf.resolve(CNI_FILE), CniConfig.text(directory, settings));
        Files.writeString(
            directory.etc().resolve("foreign-cni"), conf.resolve(CNI_FILE).toString());
        added.add("the runtime had no pod network: wrote " + conf.resolve(CNI_FILE));
      }
      String pause = config.get("sandboxImage").text();
      if (!pause.isEmpty()
          && cri.imageStatus(ImageSpec.newBuilder().setImage(pause).build()).isEmpty()
          && tag(shell, pause)) {
        added.add("the runtime lacked its pause image " + pause + ": ours has its name now");
      }
    }
    return added;
  }

  private boolean tag(Shell shell, String name) {
    return shell
        .run(
            "ctr",
            "--address",
            endpoint.substring("unix://".length()),
            "--namespace",
            "k8s.io",
            "images",
            "tag",
            ImageBuilder.PAUSE,
            name)
        .ok();
  }

  private static boolean anyConfiguration(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (var files = Files.newDirectoryStream(directory, "*.{conf,conflist,json}")) {
      return files.iterator().hasNext();
    }
  }

  /**
   * Ends this cluster's pods and removes the network configuration that we added.
   *
   * @return how many pods were ended
   */
  public int clear(DataDir directory) throws IOException {
    int ended = 0;
    try (var cri = CriClient.connect(endpoint)) {
      for (PodSandbox sandbox : cri.listPodSandboxes(PodSandboxFilter.getDefaultInstance())) {
        // The kubelet keeps a directory for each pod that it runs: others' pods have none here.
        String uid = sandbox.getMetadata().getUid();
        if (Files.isDirectory(directory.kubelet().resolve("pods").resolve(uid))) {
          cri.stopPodSandbox(sandbox.getId());
          cri.removePodSandbox(sandbox.getId());
          ended++;
        }
      }
    }
    Path noted = directory.etc().resolve("foreign-cni");
    if (Files.exists(noted)) {
      Files.deleteIfExists(Path.of(Files.readString(noted).strip()));
      Files.delete(noted);
    }
    return ended;
  }
}
