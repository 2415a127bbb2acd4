package dev.tiphys.apiserver.authz;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.ConfigMapEnvSource;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.EnvFromSource;
import dev.tiphys.api.core.v1.EnvVar;
import dev.tiphys.api.core.v1.LocalObjectReference;
import dev.tiphys.api.core.v1.PersistentVolume;
import dev.tiphys.api.core.v1.PersistentVolumeClaim;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.SecretEnvSource;
import dev.tiphys.api.core.v1.SecretReference;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.core.v1.VolumeProjection;
import dev.tiphys.api.resource.v1.ResourceSlice;
import dev.tiphys.api.storage.v1.VolumeAttachment;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which objects concern a node: those that pods on it refer to, at once or by way of others. */
public final class NodeRelations {

  private final BiFunction<String, String, List<Pod>> podsOnNode;
  private final ClusterView view;

  /**
   * Looks them up.
   *
   * @param podsOnNode gets a node's name and a namespace, which is empty for all
   */
  public NodeRelations(BiFunction<String, String, List<Pod>> podsOnNode, ClusterView view) {
    this.podsOnNode = podsOnNode;
    this.view = view;
  }

  /** Whether an object concerns a node. */
  boolean related(String node, String group, String resource, String namespace, String name) {
    return switch (resource) {
      case "secrets" ->
          ofPods(node, namespace, NodeRelations::secrets, name)
              || claimed(node).anyMatch(volume -> needsSecret(volume, namespace, name));
      case "configmaps" -> ofPods(node, namespace, NodeRelations::configMaps, name);
      case "serviceaccounts" ->
          pods(node, namespace).anyMatch(pod -> name.equals(spec(pod).serviceAccountName()));
      case "pods" -> pods(node, namespace).anyMatch(pod -> name.equals(pod.metadata().name()));
      case "persistentvolumeclaims" -> ofPods(node, namespace, NodeRelations::claims, name);
      case "persistentvolumes" ->
          claimed(node).anyMatch(volume -> name.equals(volume.metadata().name()));
      case "volumeattachments" -> {
        VolumeAttachment found = view.get(Resources.VOLUME_ATTACHMENTS, "", name);
        yield found != null && found.spec() != null && node.equals(found.spec().nodeName());
      }
      case "resourceclaims" -> ofPods(node, namespace, NodeRelations::deviceClaims, name);
      case "resourceslices" -> {
        ResourceSlice found = view.get(Resources.RESOURCE_SLICES, "", name);
        yield found != null && found.spec() != null && node.equals(found.spec().nodeName());
      }
      default -> false;
    };
  }

  private interface References {
    void of(Pod pod, List<String> names);
  }

  private Stream<Pod> pods(String node, String namespace) {
    return podsOnNode.apply(node, namespace).stream();
  }

  private boolean ofPods(String node, String namespace, References references, String name) {
    return pods(node, namespace)
        .anyMatch(pod -> {
          List<String> names = new ArrayList<>();
          references.of(pod, names);
          return names.contains(name);
        });
  }

  private static PodSpec spec(Pod pod) {
    return Objects.requireNonNullElse(pod.spec(), PodSpec.EMPTY);
  }

  private static void claims(Pod pod, List<String> names) {
    for (Volume volume : spec(pod).volumes()) {
      if (volume.persistentVolumeClaim() != null) {
        add(names, volume.persistentVolumeClaim().claimName());
      } else if (volume.ephemeral() != null) {
        names.add(pod.metadata().name() + "-" + volume.name());
      }
    }
  }

  private static void deviceClaims(Pod pod, List<String> names) {
    spec(pod).resourceClaims().forEach(claim -> add(names, claim.resourceClaimName()));
    if (pod.status() != null) {
      pod.status()
          .resourceClaimStatuses()
          .forEach(status -> add(names, status.resourceClaimName()));
    }
  }

  /** The volumes that claims of pods on a node are bound to. */
  private Stream<PersistentVolume> claimed(String node) {
    return pods(node, "")
        .flatMap(pod -> {
          List<String> names = new ArrayList<>();
          claims(pod, names);
          String namespace = Objects.requireNonNullElse(pod.metadata().namespace(), "");
          return names.stream()
              .map(name -> view.get(Resources.PERSISTENT_VOLUME_CLAIMS, namespace, name));
        })
        .filter(Objects::nonNull)
        .map(NodeRelations::volumeOf)
        .filter(name -> !name.isEmpty())
        .map(name -> view.get(Resources.PERSISTENT_VOLUMES, "", name))
        .filter(Objects::nonNull);
  }

  private static String volumeOf(PersistentVolumeClaim claim) {
    return claim.spec() == null ? "" : Objects.requireNonNullElse(claim.spec().volumeName(), "");
  }

  private static boolean needsSecret(PersistentVolume volume, String namespace, String name) {
    var csi = volume.spec() == null ? null : volume.spec().csi();
    return csi != null
        && Stream.of(
                csi.nodePublishSecretRef(), csi.nodeStageSecretRef(), csi.nodeExpandSecretRef())
            .anyMatch(secret -> isSecret(secret, namespace, name));
  }

  private static boolean isSecret(@Nullable SecretReference secret, String namespace, String name) {
    return secret != null && namespace.equals(secret.namespace()) && name.equals(secret.name());
  }

  private static void secrets(Pod pod, List<String> names) {
    referenced(spec(pod), true, names);
  }

  private static void configMaps(Pod pod, List<String> names) {
    referenced(spec(pod), false, names);
  }

  private static void referenced(PodSpec spec, boolean secrets, List<String> names) {
    for (Volume volume : spec.volumes()) {
      ofVolume(volume, secrets, names);
    }
    List<Container> containers = new ArrayList<>(spec.initContainers());
    containers.addAll(spec.containers());
    for (Container container : containers) {
      ofEnvironment(container, secrets, names);
    }
    if (secrets) {
      for (LocalObjectReference pull : spec.imagePullSecrets()) {
        add(names, pull.name());
      }
    }
  }

  private static void ofVolume(Volume volume, boolean secrets, List<String> names) {
    if (secrets && volume.secret() != null) {
      add(names, volume.secret().secretName());
    } else if (!secrets && volume.configMap() != null) {
      add(names, volume.configMap().name());
    } else if (secrets && volume.csi() != null && volume.csi().nodePublishSecretRef() != null) {
      add(names, volume.csi().nodePublishSecretRef().name());
    }
    if (volume.projected() == null) {
      return;
    }
    for (VolumeProjection source : volume.projected().sources()) {
      if (secrets && source.secret() != null) {
        add(names, source.secret().name());
      } else if (!secrets && source.configMap() != null) {
        add(names, source.configMap().name());
      }
    }
  }

  private static void ofEnvironment(Container container, boolean secrets, List<String> names) {
    for (EnvFromSource source : container.envFrom()) {
      SecretEnvSource secret = source.secretRef();
      ConfigMapEnvSource map = source.configMapRef();
      if (secrets && secret != null) {
        add(names, secret.name());
      } else if (!secrets && map != null) {
        add(names, map.name());
      }
    }
    for (EnvVar variable : container.env()) {
      var source = variable.valueFrom();
      if (source == null) {
        continue;
      }
      if (secrets && source.secretKeyRef() != null) {
        add(names, source.secretKeyRef().name());
      } else if (!secrets && source.configMapKeyRef() != null) {
        add(names, source.configMapKeyRef().name());
      }
    }
  }

  private static void add(List<String> names, @Nullable String name) {
    if (name != null) {
      names.add(name);
    }
  }
}
