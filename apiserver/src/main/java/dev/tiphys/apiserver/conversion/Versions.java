package dev.tiphys.apiserver.conversion;

import dev.tiphys.api.Resources;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.resource.EventConversion;
import dev.tiphys.apiserver.resource.ServedResource.Conversion;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Which version of each kind is stored, and how the others become it. Pure. */
public final class Versions {

  private Versions() {}

  /** The version under which a resource's objects are stored: the most mature one, the newest. */
  public static ResourceType<?> stored(ResourceType<?> type) {
    if (type == Resources.EVENTS_EVENTS) {
      return Resources.EVENTS;
    }
    return Resources.ALL.stream()
        .filter(other -> other.group().equals(type.group()))
        .filter(other -> other.plural().equals(type.plural()))
        .min(Comparator.comparing(ResourceType::version, VersionOrder.NEWEST_FIRST))
        .orElse(type);
  }

  /** How a resource becomes its stored version; null if it is that. */
  @SuppressWarnings("unchecked") // each branch converts the kind that it asked for
  public static <T extends ApiObject> @Nullable Conversion<T, ?> conversion(ResourceType<T> type) {
    if (type == Resources.EVENTS_EVENTS) {
      return (Conversion<T, ?>) EventConversion.conversion();
    }
    if (type == Resources.HORIZONTAL_POD_AUTOSCALERS) {
      return (Conversion<T, ?>) AutoscalerConversion.conversion();
    }
    ResourceType<?> stored = stored(type);
    return stored == type ? null : fieldByField(type, stored);
  }

  private static <T extends ApiObject, S extends ApiObject> Conversion<T, S> fieldByField(
      ResourceType<T> served, ResourceType<S> stored) {
    return new Conversion<>(
        stored,
        object -> StructConversion.convert(object, stored.objectType().get()),
        object -> StructConversion.convert(object, served.objectType().get()));
  }
}
