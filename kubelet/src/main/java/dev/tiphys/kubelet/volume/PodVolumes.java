package dev.tiphys.kubelet.volume;

import dev.tiphys.api.core.v1.EmptyDirVolumeSource;
import dev.tiphys.api.core.v1.HostPathVolumeSource;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSecurityContext;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.client.environment.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the volumes of pods and removes them. All lie below {@code pods/UID/volumes} of the
 * kubelet's directory; the layout is upstream's. Methods block; calls for one pod must not overlap.
 */
public final class PodVolumes {

  private static final String EMPTY_DIR = "kubernetes.io~empty-dir";
  private static final String CONFIG_MAP = "kubernetes.io~configmap";
  private static final String SECRET = "kubernetes.io~secret";
  private static final String PROJECTED = "kubernetes.io~projected";
  private static final String PARTS = "volume-subpaths";
  private static final String DOWNWARD = "kubernetes.io~downward-api";

  private final Path root;
  private final PodData data;
  private final DownwardFacts facts;
  private final Environment environment;
  private final Tmpfs tmpfs = new Tmpfs();

  /**
   * Volumes below a directory.
   *
   * @param root the kubelet's directory
   */
  public PodVolumes(Path root, PodData data, DownwardFacts facts, Environment environment) {
    this.root = root;
    this.data = data;
    this.facts = facts;
    this.environment = environment;
  }

  /** Where a pod's files lie. */
  public Path podDirectory(String uid) {
    // A uid comes from the API and is checked there; a slash in it would lead elsewhere all the
    // same.
    if (uid.isEmpty() || uid.contains("/") || uid.startsWith(".")) {
      throw new IllegalArgumentException("not a pod's uid: " + uid);
    }
    return root.resolve("pods").resolve(uid);
  }

  /**
   * Makes all volumes of a pod, or brings their contents up to date.
   *
   * @return where each volume lies, by its name
   * @throws VolumeException naming the volume that cannot be made
   */
  public Map<String, MountedVolume> prepare(Pod pod) throws VolumeException {
    Map<String, MountedVolume> mounted = new HashMap<>();
    PodSpec spec = pod.spec();
    if (spec != null) {
      for (Volume volume : spec.volumes()) {
        String name = String.valueOf(volume.name());
        try {
          mounted.put(name, prepare(pod, volume, name));
        } catch (VolumeException | IOException e) {
          throw new VolumeException(
              "MountVolume.SetUp failed for volume \"" + name + "\" : " + e.getMessage(), e);
        }
      }
    }
    return mounted;
  }

  private MountedVolume prepare(Pod pod, Volume volume, String name)
      throws VolumeException, IOException {
    VolumeContents contents = new VolumeContents(pod, data, facts);
    HostPathVolumeSource hostPath = volume.hostPath();
    if (hostPath != null) {
      return new MountedVolume(HostPaths.prepare(hostPath), false);
    }
    EmptyDirVolumeSource emptyDir = volume.emptyDir();
    if (emptyDir != null) {
      return new MountedVolume(emptyDir(pod, emptyDir, directory(pod, EMPTY_DIR, name)), false);
    }
    if (volume.configMap() != null) {
      Path directory = directory(pod, CONFIG_MAP, name);
      return write(pod, directory, contents.configMap(volume.configMap()));
    }
    if (volume.secret() != null) {
      Path directory = directory(pod, SECRET, name);
      tmpfs.mount(directory, 0);
      return write(pod, directory, contents.secret(volume.secret()));
    }
    if (volume.projected() != null) {
      Path directory = directory(pod, PROJECTED, name);
      tmpfs.mount(directory, 0);
      return write(pod, directory, contents.projected(volume.projected()));
    }
    if (volume.downwardAPI() != null) {
      var source = volume.downwardAPI();
      Path directory = directory(pod, DOWNWARD, name);
      return write(pod, directory, contents.downward(source.items(), source.defaultMode()));
    }
    throw new VolumeException(
        "this kubelet mounts emptyDir, hostPath, configMap, secret, projected and downwardAPI"
            + " volumes only");
  }

  private Path emptyDir(Pod pod, EmptyDirVolumeSource source, Path directory) throws IOException {
    if ("Memory".equals(source.medium())) {
      Quantity limit = source.sizeLimit();
      tmpfs.mount(directory, limit == null ? 0 : limit.value());
    }
    Files.createDirectories(directory);
    // Every user of the pod may write: containers run as users that the kubelet does not know.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    Integer group = group(pod);
    if (group != null) {
      Files.setAttribute(directory, "unix:gid", group);
      int setGroupId = 02777;
      Files.setAttribute(directory, "unix:mode", setGroupId);
    }
    return directory;
  }

  private MountedVolume write(Pod pod, Path directory, Map<String, VolumeFile> files)
      throws IOException {
    String generation =
        environment.clock().instant().getEpochSecond()
            + "-"
            + Integer.toHexString(environment.random().nextInt() & 0x7fffffff);
    new AtomicDirectory(directory).write(files, generation, group(pod));
    return new MountedVolume(directory, true);
  }

  private static @Nullable Integer group(Pod pod) {
    PodSpec spec = pod.spec();
    PodSecurityContext security = spec == null ? null : spec.securityContext();
    Long group = security == null ? null : security.fsGroup();
    return group == null ? null : Math.toIntExact(group);
  }

  private Path directory(Pod pod, String plugin, String volume) throws VolumeException {
    String uid = pod.metadata().uid();
    if (uid == null || volume.contains("/") || volume.startsWith(".")) {
      throw new VolumeException("the name is not a DNS label");
    }
    return podDirectory(uid).resolve("volumes").resolve(plugin).resolve(volume);
  }

  /**
   * Shows a part of a volume at a place of its own, where containers cannot change it, and returns
   * that place.
   *
   * @param subPath relative to the volume; made, as a directory, if it is not there
   * @param mount tells this mount from the others of the pod: volume, container, number
   * @throws VolumeException if the path leads out of the volume
   */
  public Path part(Pod pod, MountedVolume volume, String subPath, List<String> mount)
      throws VolumeException, IOException {
    Path place = podDirectory(String.valueOf(pod.metadata().uid())).resolve(PARTS);
    for (String step : mount) {
      if (step.contains("/") || step.startsWith(".")) {
        throw new VolumeException(step + " is not a DNS label");
      }
      place = place.resolve(step);
    }
    try (HeldFile held = SubPaths.hold(volume.path(), subPath)) {
      held.bindTo(place);
    }
    return place;
  }

  /**
   * Removes all that is left of a pod's files. What does not come off its mount is left, and
   * reported.
   *
   * @throws IOException if something could not be removed; try again later
   */
  public void remove(String uid) throws IOException {
    Path directory = podDirectory(uid);
    tmpfs.unmountBelow(directory);
    FileTrees.delete(directory);
  }
}
