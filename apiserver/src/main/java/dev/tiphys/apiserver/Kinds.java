package dev.tiphys.apiserver;

import dev.tiphys.api.Resources;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.schema.ResourceType.Subresource;
import dev.tiphys.apiserver.conversion.ConvertedStrategy;
import dev.tiphys.apiserver.conversion.Versions;
import dev.tiphys.apiserver.request.Deprecation;
import dev.tiphys.apiserver.resource.Chance;
import dev.tiphys.apiserver.resource.Registry;
import dev.tiphys.apiserver.resource.ServedResource;
import dev.tiphys.apiserver.resource.ServedResource.Conversion;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.apiserver.strategy.ExpressionCheck;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.strategy.allocation.Claims;
import dev.tiphys.apiserver.strategy.allocation.ServiceAllocator;
import dev.tiphys.apiserver.table.Columns;
import dev.tiphys.apiserver.table.KindColumns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which kinds are served: all that the API describes and keeps, in the versions that are on, each
 * with its rules ({@link KindStrategies}), columns ({@link KindColumns}) and subresources.
 */
final class Kinds {

  private Kinds() {}

  /**
   * The registry.
   *
   * @param view for rules that must see other objects; used only once the server runs
   * @param expressions for rules about kinds that hold CEL
   * @param deprecations which of them are given up
   */
  static Registry registry(
      Config config,
      ClusterView view,
      Claims claims,
      Chance chance,
      ExpressionCheck expressions,
      Deprecations deprecations) {
    KindStrategies strategies =
        KindStrategies.of(
            new ServiceAllocator(
                view, claims, config.serviceRanges(), config.nodePorts(), chance.random()),
            chance.clock(),
            expressions,
            view);
    List<ServedResource<?>> served = new ArrayList<>();
    for (ResourceType<?> type : Resources.ALL) {
      if (isKept(type) && config.versions().serves(type)) {
        Duration timeToLive = isEvent(type) ? config.eventTtl() : null;
        served.add(resource(type, strategies, timeToLive, deprecations.of(type)));
      }
    }
    return new Registry(served);
  }

  /** Whether objects are stored; else {@link Actions} has it. */
  static boolean isKept(ResourceType<?> type) {
    return type.verbs().contains("delete") && !type.group().equals("apiextensions.k8s.io");
  }

  private static boolean isEvent(ResourceType<?> type) {
    return type == Resources.EVENTS || type == Resources.EVENTS_EVENTS;
  }

  private static <T extends ApiObject> ServedResource<T> resource(
      ResourceType<T> type,
      KindStrategies strategies,
      @Nullable Duration timeToLive,
      @Nullable Deprecation deprecation) {
    Conversion<T, ?> conversion = Versions.conversion(type);
    return new ServedResource<>(
        type,
        conversion == null || strategies.has(type)
            ? strategies.find(type)
            : converted(conversion, strategies),
        conversion == null ? KindColumns.of(type) : columns(conversion),
        type.subresources().stream().map(Subresource::name).collect(Collectors.toSet()),
        timeToLive,
        conversion,
        deprecation);
  }

  private static <T extends ApiObject, S extends ApiObject> Columns<T> columns(
      Conversion<T, S> conversion) {
    return KindColumns.of(conversion.stored()).of(conversion.toStored());
  }

  private static <T extends ApiObject, S extends ApiObject> Strategy<T> converted(
      Conversion<T, S> conversion, KindStrategies strategies) {
    return new ConvertedStrategy<>(strategies.find(conversion.stored()), conversion);
  }
}
