package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.apiserver.configfile.ConfigFileException;
import dev.tiphys.apiserver.configfile.ConfigObject;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * New pods go to the nodes that their namespace's annotation selects, or else the configuration;
 * what they select themselves must not contradict that.
 */
public final class PodNodeSelector extends PodAdmission {

  private static final String ANNOTATION = "scheduler.alpha.kubernetes.io/node-selector";
  private static final String DEFAULT = "clusterDefaultNodeSelector";

  /** What a configuration says: selectors by namespace, and one for all that have none. */
  public record Settings(Map<String, Map<String, String>> selectors) {

    /** Nothing is selected but by annotations. */
    public static final Settings NONE = new Settings(Map.of());

    /**
     * Reads a configuration.
     *
     * @throws ConfigFileException if it is none
     */
    public static Settings read(byte[] content) throws ConfigFileException {
      ConfigObject root = ConfigObject.of(ConfigObject.tree(content), "");
      Map<String, Map<String, String>> selectors = new LinkedHashMap<>();
      if (root.raw("podNodeSelectorPluginConfig") instanceof JsonTree.Obj config) {
        for (Map.Entry<String, JsonTree> one : config.members().entrySet()) {
          if (!(one.getValue() instanceof JsonTree.Text(String text))) {
            throw new ConfigFileException(one.getKey() + ": must be a string");
          }
          selectors.put(one.getKey(), labels(text));
        }
      }
      root.check();
      return new Settings(Map.copyOf(selectors));
    }

    private static Map<String, String> labels(String text) throws ConfigFileException {
      try {
        return PodNodeSelector.labels(text);
      } catch (IllegalArgumentException e) {
        throw new ConfigFileException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private final ClusterView view;
  private final Settings settings;

  /** Looks namespaces up in a view. */
  public PodNodeSelector(ClusterView view, Settings settings) {
    this.view = view;
    this.settings = settings;
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (String term : text.split(",", -1)) {
      if (!term.isBlank()) {
        String[] parts = term.split("=", -1);
        if (parts.length != 2) {
          throw new IllegalArgumentException("invalid selector: [" + text + "]");
        }
        labels.put(parts[0].strip(), parts[1].strip());
      }
    }
    return labels;
  }

  @Override
  PodSpec complete(Request request, Pod pod, PodSpec spec) {
    String name = Objects.requireNonNullElse(pod.metadata().name(), "");
    Map<String, String> merged = new LinkedHashMap<>(ofNamespace(request, name));
    for (Map.Entry<String, String> own : spec.nodeSelector().entrySet()) {
      String wanted = merged.putIfAbsent(own.getKey(), own.getValue());
      if (wanted != null && !wanted.equals(own.getValue())) {
        throw ApiException.forbidden(
            "",
            "pods",
            name,
            "pod node label selector conflicts with its namespace node label selector");
      }
    }
    Map<String, String> allowed = settings.selectors().getOrDefault(request.namespace(), Map.of());
    if (!allowed.isEmpty() && !allowed.entrySet().containsAll(merged.entrySet())) {
      throw ApiException.forbidden(
          "", "pods", name, "pod node label selector labels conflict with its namespace whitelist");
    }
    return merged.equals(spec.nodeSelector()) ? spec : spec.withNodeSelector(merged);
  }

  private Map<String, String> ofNamespace(Request request, String pod) {
    Namespace namespace = view.get(Resources.NAMESPACES, "", request.namespace());
    String annotation =
        namespace == null ? null : namespace.metadata().annotations().get(ANNOTATION);
    if (annotation == null) {
      return settings.selectors().getOrDefault(DEFAULT, Map.of());
    }
    try {
      return labels(annotation);
    } catch (IllegalArgumentException e) {
      throw ApiException.forbidden("", "pods", pod, String.valueOf(e.getMessage()));
    }
  }
}
