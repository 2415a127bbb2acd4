package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.ConfigMapProjection;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.DownwardAPIProjection;
import dev.tiphys.api.core.v1.DownwardAPIVolumeFile;
import dev.tiphys.api.core.v1.KeyToPath;
import dev.tiphys.api.core.v1.ObjectFieldSelector;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ProjectedVolumeSource;
import dev.tiphys.api.core.v1.ServiceAccount;
import dev.tiphys.api.core.v1.ServiceAccountTokenProjection;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.core.v1.VolumeMount;
import dev.tiphys.api.core.v1.VolumeProjection;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.GeneratedNames;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Every Pod runs as a service account that exists, and finds a token of it, the cluster's CA and
 * its namespace's name where clients look for them.
 */
public final class ServiceAccountAdmission extends PodAdmission {

  private static final String MIRROR = "kubernetes.io/config.mirror";
  private static final String VOLUME_PREFIX = "kube-api-access-";
  private static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
  // Seven seconds over an hour, so that kubelets that renew at 80% do not all do so on the hour.
  private static final long TOKEN_SECONDS = 3607;
  private static final int FILE_MODE = 0644;

  // As upstream: the default account is made by a controller, a moment after its namespace.
  private static final String DEFAULT = "default";
  private static final int LOOKS_FOR_DEFAULT = 10;
  private static final int PAUSE_MILLIS = 100;

  private final ClusterView view;
  private final RandomGenerator random;
  private final Pause pause;

  /** Waits. */
  @FunctionalInterface
  public interface Pause {
    /** Waits for so many milliseconds. */
    void of(long millis) throws InterruptedException;
  }

  /**
   * Looks accounts up in a view.
   *
   * @param pause before the default account is looked for again
   */
  public ServiceAccountAdmission(ClusterView view, RandomGenerator random, Pause pause) {
    this.view = view;
    this.random = random;
    this.pause = pause;
  }

  @Override
  PodSpec complete(Request request, Pod pod, PodSpec spec) {
    if (pod.metadata().annotations().containsKey(MIRROR)) {
      return spec;
    }
    String name = spec.serviceAccountName();
    String accountName = name == null || name.isEmpty() ? DEFAULT : name;
    ServiceAccount account = account(request, pod, accountName);
    PodSpec.Builder complete =
        spec.toBuilder().serviceAccountName(accountName).serviceAccount(accountName);
    if (spec.imagePullSecrets().isEmpty()) {
      complete.imagePullSecrets(account.imagePullSecrets());
    }
    PodSpec named = complete.build();
    return mountsToken(named, account) ? withToken(named) : named;
  }

  private ServiceAccount account(Request request, Pod pod, String name) {
    ServiceAccount account = view.get(Resources.SERVICE_ACCOUNTS, request.namespace(), name);
    int looks = name.equals(DEFAULT) ? LOOKS_FOR_DEFAULT : 1;
    for (int look = 0; account == null && look < looks; look++) {
      if (look > 0) {
        rest();
      }
      account = view.getFresh(Resources.SERVICE_ACCOUNTS, request.namespace(), name);
    }
    if (account == null) {
      String podName = pod.metadata().name();
      throw ApiException.forbidden(
          "",
          "pods",
          podName == null ? "" : podName,
          "error looking up service account "
              + request.namespace()
              + "/"
              + name
              + ": serviceaccount \""
              + name
              + "\" not found");
    }
    return account;
  }

  private void rest() {
    try {
      pause.of(PAUSE_MILLIS + random.nextInt(PAUSE_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.unavailable("the server is stopping");
    }
  }

  private static boolean mountsToken(PodSpec spec, ServiceAccount account) {
    Boolean asked =
        spec.automountServiceAccountToken() != null
            ? spec.automountServiceAccountToken()
            : account.automountServiceAccountToken();
    return asked == null || asked;
  }

  private PodSpec withToken(PodSpec spec) {
    String volume = presentVolume(spec);
    String name = volume == null ? VOLUME_PREFIX + GeneratedNames.letters(5, random) : volume;
    List<Container> containers = mounted(spec.containers(), name);
    List<Container> initContainers = mounted(spec.initContainers(), name);
    boolean needed =
        !containers.equals(spec.containers()) || !initContainers.equals(spec.initContainers());
    if (!needed) {
      return spec;
    }
    List<Volume> volumes = new ArrayList<>(spec.volumes());
    if (volume == null) {
      volumes.add(tokenVolume(name));
    }
    return spec.toBuilder()
        .containers(containers)
        .initContainers(initContainers)
        .volumes(volumes)
        .build();
  }

  private static @Nullable String presentVolume(PodSpec spec) {
    for (Volume volume : spec.volumes()) {
      String name = volume.name();
      if (name != null && name.startsWith(VOLUME_PREFIX)) {
        return name;
      }
    }
    return null;
  }

  private static List<Container> mounted(List<Container> containers, String volume) {
    List<Container> result = new ArrayList<>(containers.size());
    for (Container container : containers) {
      boolean mounts =
          container.volumeMounts().stream().anyMatch(m -> MOUNT_PATH.equals(m.mountPath()));
      if (mounts) {
        result.add(container);
        continue;
      }
      List<VolumeMount> all = new ArrayList<>(container.volumeMounts());
      all.add(VolumeMount.builder().name(volume).mountPath(MOUNT_PATH).readOnly(true).build());
      result.add(container.withVolumeMounts(all));
    }
    return result;
  }

  private static Volume tokenVolume(String name) {
    VolumeProjection token =
        VolumeProjection.builder()
            .serviceAccountToken(
                ServiceAccountTokenProjection.builder()
                    .path("token")
                    .expirationSeconds(TOKEN_SECONDS)
                    .build())
            .build();
    VolumeProjection ca =
        VolumeProjection.builder()
            .configMap(
                ConfigMapProjection.builder()
                    .name("kube-root-ca.crt")
                    .items(List.of(KeyToPath.builder().key("ca.crt").path("ca.crt").build()))
                    .build())
            .build();
    VolumeProjection namespace =
        VolumeProjection.builder()
            .downwardAPI(
                DownwardAPIProjection.builder()
                    .items(
                        List.of(
                            DownwardAPIVolumeFile.builder()
                                .path("namespace")
                                .fieldRef(
                                    ObjectFieldSelector.builder()
                                        .apiVersion("v1")
                                        .fieldPath("metadata.namespace")
                                        .build())
                                .build()))
                    .build())
            .build();
    return Volume.builder()
        .name(name)
        .projected(
            ProjectedVolumeSource.builder()
                .sources(List.of(token, ca, namespace))
                .defaultMode(FILE_MODE)
                .build())
        .build();
  }
}
