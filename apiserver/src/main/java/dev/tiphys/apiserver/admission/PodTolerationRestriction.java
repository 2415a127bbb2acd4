package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Toleration;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.usage.QosClass;
import dev.tiphys.apiserver.configfile.ConfigFileException;
import dev.tiphys.apiserver.configfile.ConfigObject;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * New pods get the tolerations that their namespace's annotation or the configuration has by
 * default; and no pod may have others than those of a list, where there is one.
 */
public final class PodTolerationRestriction implements Admission {

  private static final String PREFIX = "scheduler.alpha.kubernetes.io/";
  private static final List<String> VERSIONS =
      List.of("podtolerationrestriction.admission.k8s.io/v1alpha1");
  private static final Toleration MEMORY_PRESSURE =
      Toleration.builder()
          .key("node.kubernetes.io/memory-pressure")
          .operator("Exists")
          .effect("NoSchedule")
          .build();

  /**
   * What a configuration says.
   *
   * @param defaults for new pods
   * @param allowed all that pods may have; empty for any
   */
  public record Settings(List<Toleration> defaults, List<Toleration> allowed) {

    /** Nothing but by annotations. */
    public static final Settings NONE = new Settings(List.of(), List.of());

    /**
     * Reads a configuration.
     *
     * @throws ConfigFileException if it is none
     */
    public static Settings read(byte[] content) throws ConfigFileException {
      ConfigObject root = ConfigObject.read(content, "Configuration", VERSIONS);
      try {
        Settings settings =
            new Settings(tolerations(root.raw("default")), tolerations(root.raw("whitelist")));
        root.check();
        return settings;
      } catch (DecodeException e) {
        throw new ConfigFileException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private final ClusterView view;
  private final Settings settings;

  /** Looks namespaces up in a view. */
  public PodTolerationRestriction(ClusterView view, Settings settings) {
    this.view = view;
    this.settings = settings;
  }

  private static List<Toleration> tolerations(@Nullable JsonTree tree) {
    if (!(tree instanceof JsonTree.Arr list)) {
      return List.of();
    }
    return list.elements().stream()
        .map(one -> JsonCodec.decode(one.toBytes(), Toleration.TYPE))
        .toList();
  }

  @Override
  @SuppressWarnings("unchecked") // a Pod is given back for a Pod
  public <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
    if (request.operation() != Operation.CREATE
        || !request.subresource().isEmpty()
        || !(object instanceof Pod pod)
        || pod.spec() == null) {
      return object;
    }
    PodSpec spec = pod.spec();
    List<Toleration> merged =
        merged(ofNamespace(request, "defaultTolerations", settings.defaults()), spec.tolerations());
    if (!"BestEffort".equals(QosClass.of(spec))) {
      merged = merged(merged, List.of(MEMORY_PRESSURE));
    }
    return merged.equals(spec.tolerations())
        ? object
        : (T) pod.withSpec(spec.withTolerations(merged));
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (!request.subresource().isEmpty() || !(object instanceof Pod pod) || pod.spec() == null) {
      return;
    }
    List<Toleration> allowed = ofNamespace(request, "tolerationsWhitelist", settings.allowed());
    boolean fits =
        allowed.isEmpty()
            || pod.spec().tolerations().stream()
                .allMatch(one -> allowed.stream().anyMatch(wide -> includes(wide, one)));
    if (!fits) {
      throw failed(
          "pod tolerations (possibly merged with namespace default tolerations) conflict with its"
              + " namespace whitelist");
    }
  }

  private static ApiException failed(String why) {
    return new ApiException(ApiException.Reason.INTERNAL_ERROR, why, null);
  }

  /** What an annotation says, or else the configuration. */
  private List<Toleration> ofNamespace(
      Request request, String annotation, List<Toleration> otherwise) {
    Namespace namespace = view.get(Resources.NAMESPACES, "", request.namespace());
    String text =
        namespace == null ? null : namespace.metadata().annotations().get(PREFIX + annotation);
    if (text == null) {
      return otherwise;
    }
    if (text.isEmpty()) {
      return List.of();
    }
    try {
      return tolerations(JsonTree.parse(text));
    } catch (DecodeException e) {
      throw failed(String.valueOf(e.getMessage()));
    }
  }

  /** Both, without those that others among them include. */
  private static List<Toleration> merged(List<Toleration> first, List<Toleration> second) {
    List<Toleration> all = new ArrayList<>(first);
    all.addAll(second);
    List<Toleration> merged = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Toleration one = all.get(i);
      boolean spare =
          merged.stream().anyMatch(wide -> includes(wide, one))
              || all.subList(i + 1, all.size()).stream()
                  .anyMatch(wide -> !wide.equals(one) && includes(wide, one));
      if (!spare) {
        merged.add(one);
      }
    }
    return merged;
  }

  private static boolean includes(Toleration wide, Toleration one) {
    if (wide.equals(one)) {
      return true;
    }
    boolean exists = "Exists".equals(wide.operator());
    String key = text(wide.key());
    String effect = text(wide.effect());
    if (!key.equals(text(one.key())) && !(key.isEmpty() && exists)) {
      return false;
    }
    if (!effect.isEmpty() && !effect.equals(text(one.effect()))) {
      return false;
    }
    Long most = wide.tolerationSeconds();
    Long wanted = one.tolerationSeconds();
    if (effect.equals("NoExecute") && most != null && (wanted == null || wanted > most)) {
      return false;
    }
    return exists
        || (text(wide.operator()).equals(text(one.operator()))
            && text(wide.value()).equals(text(one.value())));
  }

  private static String text(@Nullable String value) {
    return Objects.requireNonNullElse(value, "");
  }
}
