package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.request.Deprecation;
import dev.tiphys.apiserver.strategy.Strategy;
import dev.tiphys.apiserver.table.Columns;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A resource that this server serves: the facts, the kind's rules, how objects print, and which
 * subresources there are. Made by hand once a resource, in {@link Registry}'s wiring.
 *
 * @param type the facts
 * @param strategy the rules
 * @param columns of tables
 * @param subresources names of those served, each with a handler of that name
 * @param timeToLive how long objects stay; null for ever
 * @param conversion for a resource that is stored as a kind of another group or version, else null
 * @param deprecation what everybody is told who asks for it; null if nothing
 */
public record ServedResource<T extends ApiObject>(
    ResourceType<T> type,
    Strategy<T> strategy,
    Columns<T> columns,
    Set<String> subresources,
    @Nullable Duration timeToLive,
    @Nullable Conversion<T, ?> conversion,
    @Nullable Deprecation deprecation) {

  /** Copies the set. */
  public ServedResource {
    subresources = Set.copyOf(subresources);
  }

  /**
   * Between a served version and the stored one. Loses nothing either way.
   *
   * @param <T> the served kind
   * @param <S> the stored kind
   * @param stored the resource under which objects are stored; it is served as well
   */
  public record Conversion<T extends ApiObject, S extends ApiObject>(
      ResourceType<S> stored, Function<T, S> toStored, Function<S, T> fromStored) {}
}
