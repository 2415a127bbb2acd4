package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ResourceType;
import java.util.Map;
import java.util.Set;

/**
 * Where upstream keeps the objects of each resource, so that a store can change hands. Built-in
 * resources are found under their plural name, whatever their group; a few have historic names;
 * what extends the API is found under group and plural.
 */
public final class StoreLayout {

  private static final Map<String, String> HISTORIC_NAMES =
      Map.of(
          "nodes", "minions",
          "services", "services/specs",
          "endpoints", "services/endpoints",
          "replicationcontrollers", "controllers",
          "ingresses.networking.k8s.io", "ingress");

  private static final Set<String> GROUPS_WITH_OWN_FOLDER =
      Set.of("apiextensions.k8s.io", "apiregistration.k8s.io");

  private final String prefix;

  /**
   * The layout under a prefix.
   *
   * @param prefix {@code --etcd-prefix}
   */
  public StoreLayout(String prefix) {
    this.prefix = prefix.endsWith("/") ? prefix : prefix + "/";
  }

  /** The prefix of a built-in resource's keys, as {@code /registry/services/specs/}. */
  public String builtIn(ResourceType<?> type) {
    String qualified = type.group().isEmpty() ? type.plural() : type.plural() + "." + type.group();
    String historic = HISTORIC_NAMES.get(qualified);
    if (historic != null) {
      return prefix + historic + "/";
    }
    return GROUPS_WITH_OWN_FOLDER.contains(type.group())
        ? custom(type.group(), type.plural())
        : prefix + type.plural() + "/";
  }

  /** The prefix of a custom resource's keys, as {@code /registry/example.com/widgets/}. */
  public String custom(String group, String plural) {
    return prefix + group + "/" + plural + "/";
  }

  /** The prefix under which API servers tell of themselves. */
  public String masterLeases() {
    return prefix + "masterleases/";
  }

  /**
   * The key of an allocator's state, as {@code /registry/ranges/serviceips}.
   *
   * @param name {@code serviceips} or {@code servicenodeports}
   */
  public String range(String name) {
    return prefix + "ranges/" + name;
  }
}
