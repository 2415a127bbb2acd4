package dev.tiphys.apiserver.admission;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionSpec;
import dev.tiphys.api.meta.v1.OwnerReference;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.authz.Attributes;
import dev.tiphys.apiserver.authz.Authorizer;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who gives an object another owner must be allowed to delete it, for that is what an owner's end
 * does; and who has it keep its owner from going must be allowed to set the owner's finalizers.
 */
public final class OwnerReferencePermissions implements Admission {

  private final ClusterView view;
  private final Supplier<Authorizer> authorizer;

  /** Where objects of a kind are. */
  private record Place(String group, String plural, boolean namespaced) {}

  /** Asks who judges what users may do. */
  public OwnerReferencePermissions(ClusterView view, Supplier<Authorizer> authorizer) {
    this.view = view;
    this.authorizer = authorizer;
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (!request.writes()
        || object == null
        || (request.isAbout("", "pods") && request.subresource().equals("status"))) {
      return;
    }
    List<OwnerReference> owners = object.metadata().ownerReferences();
    List<OwnerReference> before = old == null ? List.of() : old.metadata().ownerReferences();
    if (owners.equals(before)) {
      return;
    }
    if (request.operation() == Operation.UPDATE) {
      require(
          request,
          Attributes.resource(
              request.user(),
              "delete",
              request.type().group(),
              request.type().plural(),
              request.subresource(),
              request.namespace(),
              request.name()),
          "cannot set an ownerRef on a resource you can't delete: ");
    }
    List<OwnerReference> blocking = newlyBlocking(owners, before);
    if (!blocking.isEmpty() && !finalizesEverything(request)) {
      blocking.forEach(owner -> blocks(request, owner));
    }
  }

  private static List<OwnerReference> newlyBlocking(
      List<OwnerReference> owners, List<OwnerReference> before) {
    Set<@Nullable String> known = new HashSet<>();
    before.stream().filter(OwnerReferencePermissions::blocks).forEach(o -> known.add(o.uid()));
    return owners.stream().filter(owner -> blocks(owner) && !known.contains(owner.uid())).toList();
  }

  private static boolean blocks(OwnerReference owner) {
    return Boolean.TRUE.equals(owner.blockOwnerDeletion());
  }

  private boolean finalizesEverything(Request request) {
    return authorizer
        .get()
        .decide(
            Attributes.resource(
                request.user(), "update", "*", "*", "finalizers", request.namespace(), "*"))
        .allowed();
  }

  private void blocks(Request request, OwnerReference owner) {
    String version = Objects.requireNonNullElse(owner.apiVersion(), "");
    String kind = Objects.requireNonNullElse(owner.kind(), "");
    List<Place> places = places(version, kind);
    if (places.isEmpty()) {
      throw forbidden(
          request,
          "cannot set blockOwnerDeletion in this case because cannot find RESTMapping for"
              + " APIVersion "
              + version
              + " Kind "
              + kind
              + ": no matches for kind \""
              + kind
              + "\" in version \""
              + version
              + "\"");
    }
    for (Place place : places) {
      require(
          request,
          Attributes.resource(
              request.user(),
              "update",
              place.group(),
              place.plural(),
              "finalizers",
              place.namespaced() ? request.namespace() : "",
              Objects.requireNonNullElse(owner.name(), "")),
          "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set"
              + " finalizers on: ");
    }
  }

  private List<Place> places(String version, String kind) {
    List<Place> places = new ArrayList<>();
    for (ResourceType<?> type : Resources.ALL) {
      if (type.kind().kind().equals(kind) && type.kind().apiVersion().equals(version)) {
        places.add(new Place(type.group(), type.plural(), type.namespaced()));
      }
    }
    for (CustomResourceDefinition definition :
        view.list(Resources.CUSTOM_RESOURCE_DEFINITIONS, "")) {
      CustomResourceDefinitionSpec spec = definition.spec();
      if (spec != null
          && spec.names() != null
          && kind.equals(spec.names().kind())
          && spec.versions().stream()
              .anyMatch(one -> version.equals(spec.group() + "/" + one.name()))) {
        places.add(
            new Place(
                Objects.requireNonNullElse(spec.group(), ""),
                Objects.requireNonNullElse(spec.names().plural(), ""),
                "Namespaced".equals(spec.scope())));
      }
    }
    return places;
  }

  private void require(Request request, Attributes attributes, String otherwise) {
    Authorizer.Decision decision = authorizer.get().decide(attributes);
    if (!decision.allowed()) {
      String error = decision.error().isEmpty() ? "<nil>" : decision.error();
      throw forbidden(request, otherwise + decision.reason() + ", " + error);
    }
  }

  private static ApiException forbidden(Request request, String why) {
    return ApiException.forbidden(
        request.type().group(), request.type().plural(), request.name(), why);
  }
}
