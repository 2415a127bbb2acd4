package dev.tiphys.kubelet.volume;

import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.core.v1.ConfigMapProjection;
import dev.tiphys.api.core.v1.ConfigMapVolumeSource;
import dev.tiphys.api.core.v1.DownwardAPIProjection;
import dev.tiphys.api.core.v1.DownwardAPIVolumeFile;
import dev.tiphys.api.core.v1.KeyToPath;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.ProjectedVolumeSource;
import dev.tiphys.api.core.v1.Secret;
import dev.tiphys.api.core.v1.SecretProjection;
import dev.tiphys.api.core.v1.SecretVolumeSource;
import dev.tiphys.api.core.v1.ServiceAccountTokenProjection;
import dev.tiphys.api.core.v1.VolumeProjection;
import dev.tiphys.api.value.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What files a volume of API data holds, by path within the volume. Reads the API through a source.
 */
final class VolumeContents {

  private static final int DEFAULT_MODE = 0644;

  private final Pod pod;
  private final PodData data;
  private final DownwardFacts facts;

  VolumeContents(Pod pod, PodData data, DownwardFacts facts) {
    this.pod = pod;
    this.data = data;
    this.facts = facts;
  }

  Map<String, VolumeFile> configMap(ConfigMapVolumeSource source) throws VolumeException {
    return configMap(
        source.name(),
        source.items(),
        Boolean.TRUE.equals(source.optional()),
        mode(source.defaultMode()));
  }

  Map<String, VolumeFile> secret(SecretVolumeSource source) throws VolumeException {
    return secret(
        source.secretName(),
        source.items(),
        Boolean.TRUE.equals(source.optional()),
        mode(source.defaultMode()));
  }

  Map<String, VolumeFile> downward(List<DownwardAPIVolumeFile> items, @Nullable Integer defaultMode)
      throws VolumeException {
    Map<String, VolumeFile> files = new TreeMap<>();
    for (DownwardAPIVolumeFile item : items) {
      String value = facts.value(pod, item.fieldRef(), item.resourceFieldRef());
      files.put(
          VolumePath.relative(item.path()),
          new VolumeFile(bytes(value), item.mode() == null ? mode(defaultMode) : item.mode()));
    }
    return files;
  }

  /** All sources in one volume; of two for one path the later wins. */
  Map<String, VolumeFile> projected(ProjectedVolumeSource source) throws VolumeException {
    int mode = mode(source.defaultMode());
    Map<String, VolumeFile> files = new LinkedHashMap<>();
    for (VolumeProjection projection : source.sources()) {
      files.putAll(projection(projection, mode));
    }
    return files;
  }

  private Map<String, VolumeFile> projection(VolumeProjection projection, int mode)
      throws VolumeException {
    ConfigMapProjection configMap = projection.configMap();
    if (configMap != null) {
      return configMap(
          configMap.name(), configMap.items(), Boolean.TRUE.equals(configMap.optional()), mode);
    }
    SecretProjection secret = projection.secret();
    if (secret != null) {
      return secret(secret.name(), secret.items(), Boolean.TRUE.equals(secret.optional()), mode);
    }
    DownwardAPIProjection downward = projection.downwardAPI();
    if (downward != null) {
      return downward(downward.items(), mode);
    }
    ServiceAccountTokenProjection token = projection.serviceAccountToken();
    if (token != null) {
      String value = data.token(pod, token.audience(), token.expirationSeconds());
      return Map.of(
          VolumePath.relative(token.path()), new VolumeFile(bytes(value), tokenMode(mode)));
    }
    throw new VolumeException("this kubelet does not know one of the volume's projections");
  }

  /** Where the pod has a group for its volumes, that group reads the token too. */
  private int tokenMode(int mode) {
    boolean shared =
        pod.spec() != null
            && pod.spec().securityContext() != null
            && pod.spec().securityContext().fsGroup() != null;
    return shared ? mode | 0040 : mode;
  }

  private Map<String, VolumeFile> configMap(
      @Nullable String name, List<KeyToPath> items, boolean optional, int mode)
      throws VolumeException {
    Optional<ConfigMap> found = data.configMap(pod, orEmpty(name));
    if (found.isEmpty()) {
      return missing("configmap", name, optional);
    }
    Map<String, Bytes> all = new TreeMap<>(found.get().binaryData());
    found.get().data().forEach((key, text) -> all.put(key, bytes(text)));
    return select(all, items, optional, mode, "configmap", orEmpty(name));
  }

  private Map<String, VolumeFile> secret(
      @Nullable String name, List<KeyToPath> items, boolean optional, int mode)
      throws VolumeException {
    Optional<Secret> found = data.secret(pod, orEmpty(name));
    if (found.isEmpty()) {
      return missing("secret", name, optional);
    }
    return select(found.get().data(), items, optional, mode, "secret", orEmpty(name));
  }

  private static Map<String, VolumeFile> missing(
      String kind, @Nullable String name, boolean optional) throws VolumeException {
    if (optional) {
      return Map.of();
    }
    throw new VolumeException(kind + " \"" + orEmpty(name) + "\" not found");
  }

  private static Map<String, VolumeFile> select(
      Map<String, Bytes> all,
      List<KeyToPath> items,
      boolean optional,
      int mode,
      String kind,
      String name)
      throws VolumeException {
    Map<String, VolumeFile> files = new TreeMap<>();
    if (items.isEmpty()) {
      for (Map.Entry<String, Bytes> entry : all.entrySet()) {
        files.put(VolumePath.relative(entry.getKey()), new VolumeFile(entry.getValue(), mode));
      }
      return files;
    }
    for (KeyToPath item : items) {
      Bytes content = all.get(orEmpty(item.key()));
      if (content != null) {
        files.put(
            VolumePath.relative(item.path()),
            new VolumeFile(content, item.mode() == null ? mode : item.mode()));
      } else if (!optional) {
        throw new VolumeException(
            "references non-existent " + kind + " key: " + item.key() + " of " + name);
      }
    }
    return files;
  }

  private static int mode(@Nullable Integer stated) {
    return stated == null ? DEFAULT_MODE : stated;
  }

  private static Bytes bytes(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
