package dev.tiphys.apiserver.policy;

import dev.tiphys.api.admissionregistration.v1.ParamKind;
import dev.tiphys.api.admissionregistration.v1.ParamRef;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.selector.LabelSelectors;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.storage.ListQuery;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.ReadAt;
import dev.tiphys.apiserver.storage.Selection;
import dev.tiphys.apiserver.storage.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds the objects that parameterize a policy, of whatever kind they are. */
final class Params {

  private Params() {}

  /**
   * The objects that a binding names; one of them null stands for none where that is allowed.
   *
   * @throws IllegalArgumentException if there is no such kind, or none is found and that is denied
   */
  static List<@Nullable ApiObject> find(
      Endpoints endpoints, ParamKind kind, @Nullable ParamRef ref, Admission.Request request) {
    Endpoint<?> endpoint = endpointOf(endpoints, kind);
    List<@Nullable ApiObject> found = new ArrayList<>();
    if (ref == null) {
      found.add(null);
      return found;
    }
    if (endpoint == null) {
      throw new IllegalArgumentException(
          "failed to find resource referenced by paramKind: '"
              + kind.apiVersion()
              + ", Kind="
              + kind.kind()
              + "'");
    }
    String namespace =
        !endpoint.type().namespaced()
            ? ""
            : ref.namespace() != null && !ref.namespace().isEmpty()
                ? ref.namespace()
                : request.namespace();
    if (endpoint.type().namespaced() && namespace.isEmpty()) {
      throw new IllegalArgumentException(
          "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources");
    }
    search(endpoint, namespace, ref, found);
    if (found.isEmpty() && "Deny".equals(ref.parameterNotFoundAction())) {
      throw new IllegalArgumentException(
          "no params found for policy binding with `Deny` parameterNotFoundAction");
    }
    return found;
  }

  private static <T extends ApiObject> void search(
      Endpoint<T> endpoint, String namespace, ParamRef ref, List<@Nullable ApiObject> found) {
    String name = ref.name();
    if (name != null && !name.isEmpty()) {
      Stored<T> one = endpoint.store().find(new ObjectKey(namespace, name), ReadAt.ANY);
      if (one != null) {
        found.add(one.object());
      }
      return;
    }
    var selector = ref.selector();
    Selection<T> selection =
        namespace.isEmpty() ? Selection.all() : Selection.inNamespace(namespace);
    for (Stored<T> one :
        endpoint.store().list(new ListQuery<>(selection, ReadAt.ANY, 0, null)).items()) {
      if (selector == null
          || LabelSelectors.of(selector).matches(one.object().metadata().labels())) {
        found.add(one.object());
      }
    }
  }

  /** Where objects of a kind are; null if none are here. */
  static @Nullable Endpoint<?> endpointOf(Endpoints endpoints, ParamKind kind) {
    for (List<Endpoint<?>> all : List.of(endpoints.all(), endpoints.custom())) {
      for (Endpoint<?> endpoint : all) {
        if (Objects.equals(endpoint.type().kind().apiVersion(), kind.apiVersion())
            && Objects.equals(endpoint.type().kind().kind(), kind.kind())) {
          return endpoint;
        }
      }
    }
    return null;
  }
}
