package dev.tiphys.apiserver.extension;

import dev.tiphys.api.apiextensions.v1.CustomResourceSubresourceScale;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.schema.CustomObject;
import dev.tiphys.api.schema.Field;
import dev.tiphys.apiserver.extension.schema.JsonPathQuery;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.strategy.StatusPart;
import dev.tiphys.apiserver.subresource.ScaleSubresource;
import dev.tiphys.apiserver.subresource.ScaleSubresource.Scalable;
import dev.tiphys.apiserver.subresource.Subresource;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code scale} of custom resources: where the replicas are says the definition. */
public final class CustomScale implements Subresource {

  private final Endpoints endpoints;
  private final Function<Endpoint<?>, @Nullable CustomResourceSubresourceScale> definitions;

  /** Scales by what definitions say of endpoints. */
  public CustomScale(
      Endpoints endpoints,
      Function<Endpoint<?>, @Nullable CustomResourceSubresourceScale> definitions) {
    this.endpoints = endpoints;
    this.definitions = definitions;
  }

  @Override
  @SuppressWarnings("unchecked") // the endpoints of custom resources are of custom objects
  public void handle(ApiCall call, Endpoint<?> endpoint) throws IOException {
    CustomResourceSubresourceScale scale = definitions.apply(endpoint);
    if (scale == null) {
      throw ApiException.noSuchPath();
    }
    Endpoint<CustomObject> custom = (Endpoint<CustomObject>) endpoint;
    new ScaleSubresource<>(custom.type(), endpoints, new Paths(scale)).answer(call, custom);
  }

  /** Reads and writes at the paths of a definition. */
  private record Paths(CustomResourceSubresourceScale scale) implements Scalable<CustomObject> {

    private static @Nullable Integer number(CustomObject object, @Nullable String path) {
      JsonTree found = JsonPathQuery.parse(String.valueOf(path)).first(Trees.of(object));
      return found instanceof JsonTree.Num number
          ? Integer.valueOf(new BigDecimal(number.literal()).intValue())
          : null;
    }

    @Override
    public int desired(CustomObject object) {
      Integer replicas = number(object, scale.specReplicasPath());
      if (replicas == null) {
        throw ApiException.internal(
            "the spec replicas field \"" + scale.specReplicasPath() + "\" does not exist", null);
      }
      return replicas;
    }

    @Override
    public int present(CustomObject object) {
      Integer replicas = number(object, scale.statusReplicasPath());
      return replicas == null ? 0 : replicas;
    }

    @Override
    public @Nullable LabelSelector selector(CustomObject object) {
      return null;
    }

    @Override
    public @Nullable String selectorText(CustomObject object) {
      String path = scale.labelSelectorPath();
      return path != null
              && !path.isEmpty()
              && JsonPathQuery.parse(path).first(Trees.of(object))
                  instanceof JsonTree.Text(String text)
          ? text
          : null;
    }

    @Override
    public CustomObject withDesired(CustomObject object, int replicas) {
      List<String> names =
          Objects.requireNonNull(
              JsonPathQuery.parse(String.valueOf(scale.specReplicasPath())).fields());
      Field field = object.structType().field(names.getFirst());
      if (field == null) {
        return object;
      }
      JsonTree old = (JsonTree) object.get(field.index());
      JsonTree next =
          with(old, names.subList(1, names.size()), new JsonTree.Num(Integer.toString(replicas)));
      return next.equals(old) ? object : StatusPart.with(object, field, next);
    }

    private static JsonTree with(@Nullable JsonTree at, List<String> names, JsonTree value) {
      if (names.isEmpty()) {
        return value;
      }
      Map<String, JsonTree> members =
          new TreeMap<>(at instanceof JsonTree.Obj object ? object.members() : Map.of());
      JsonTree inner = members.get(names.getFirst());
      members.put(names.getFirst(), with(inner, names.subList(1, names.size()), value));
      return new JsonTree.Obj(members);
    }
  }
}
