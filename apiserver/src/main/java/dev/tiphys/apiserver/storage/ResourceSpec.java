package dev.tiphys.apiserver.storage;

import dev.tiphys.api.schema.ApiObject;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the store needs to know of a resource.
 *
 * @param group its API group, empty for core
 * @param plural its name, as {@code pods}; appears in errors and metrics
 * @param keyPrefix where its objects are, as {@code /registry/pods/}; see {@link StoreLayout}
 * @param namespaced whether keys have a namespace
 * @param codec of the stored version
 * @param watchIndex a field by which very many watchers each select one value, as {@code
 *     spec.nodeName} of pods for kubelets; null for none
 */
public record ResourceSpec<T extends ApiObject>(
    String group,
    String plural,
    String keyPrefix,
    boolean namespaced,
    ObjectCodec<T> codec,
    @Nullable Function<T, String> watchIndex) {

  /** {@code pods}, {@code deployments.apps}: how errors name a resource. */
  public String qualifiedName() {
    return group.isEmpty() ? plural : plural + "." + group;
  }
}
