package dev.tiphys.apiserver.authz;

import dev.tiphys.api.core.v1.ConfigMapEnvSource;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.EnvFromSource;
import dev.tiphys.api.core.v1.EnvVar;
import dev.tiphys.api.core.v1.LocalObjectReference;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.SecretEnvSource;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.core.v1.VolumeProjection;
import dev.tiphys.apiserver.authn.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a node's kubelet may do beyond the role {@code system:node}: read the secrets and config
 * maps that pods on it refer to, and ask for tokens of the accounts that they run as.
 */
public final class NodeAuthorizer implements Authorizer {

  private static final String USER_PREFIX = "system:node:";
  private static final String GROUP = "system:nodes";
  private static final Set<String> READS = Set.of("get", "list", "watch");

  private final BiFunction<String, String, List<Pod>> podsOnNode;

  /**
   * Judges by what runs where.
   *
   * @param podsOnNode gets a node's name and a namespace
   */
  public NodeAuthorizer(BiFunction<String, String, List<Pod>> podsOnNode) {
    this.podsOnNode = podsOnNode;
  }

  /** The node that a user is, or empty. */
  public static String nodeOf(User user) {
    return user.name().startsWith(USER_PREFIX) && user.groups().contains(GROUP)
        ? user.name().substring(USER_PREFIX.length())
        : "";
  }

  @Override
  public Decision decide(Attributes request) {
    String node = nodeOf(request.user());
    if (node.isEmpty()
        || !request.resourceRequest()
        || !request.group().isEmpty()
        || request.name().isEmpty()) {
      return Decision.NO_OPINION;
    }
    return switch (request.resource()) {
      case "secrets", "configmaps" -> reads(request, node);
      case "serviceaccounts" -> token(request, node);
      default -> Decision.NO_OPINION;
    };
  }

  @Override
  public String rulesUnknown(User user) {
    return nodeOf(user).isEmpty() ? "" : "node authorizer does not support user rule resolution";
  }

  private Decision reads(Attributes request, String node) {
    if (!READS.contains(request.verb()) || !request.subresource().isEmpty()) {
      return Decision.NO_OPINION;
    }
    boolean secret = request.resource().equals("secrets");
    for (Pod pod : podsOnNode.apply(node, request.namespace())) {
      if (pod.spec() != null && referenced(pod.spec(), secret).contains(request.name())) {
        return Decision.allow("");
      }
    }
    return Decision.noOpinion("no relationship found between node '" + node + "' and this object");
  }

  private Decision token(Attributes request, String node) {
    if (!request.verb().equals("create") || !request.subresource().equals("token")) {
      return Decision.NO_OPINION;
    }
    for (Pod pod : podsOnNode.apply(node, request.namespace())) {
      if (pod.spec() != null && request.name().equals(pod.spec().serviceAccountName())) {
        return Decision.allow("");
      }
    }
    return Decision.noOpinion("no relationship found between node '" + node + "' and this object");
  }

  private static List<String> referenced(PodSpec spec, boolean secrets) {
    List<String> names = new ArrayList<>();
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
    return names;
  }

  private static void ofVolume(Volume volume, boolean secrets, List<String> names) {
    if (secrets && volume.secret() != null) {
      add(names, volume.secret().secretName());
    } else if (!secrets && volume.configMap() != null) {
      add(names, volume.configMap().name());
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
