package dev.tiphys.client.informer;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.client.Client;
import dev.tiphys.client.environment.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The informers of a daemon: one a resource, shared by all who ask. Thread-safe.
 *
 * <p>Ask, add handlers and indexes, then {@link #start}; informers asked for later are started by
 * the next {@code start}.
 */
public final class Informers implements AutoCloseable {

  private final Client client;
  private final Environment environment;
  private final Map<ResourceType<?>, Informer<?>> informers = new LinkedHashMap<>();
  private final Map<ResourceType<?>, UnaryOperator<?>> transforms = new LinkedHashMap<>();

  /** Makes an empty set of informers, across all namespaces. */
  public Informers(Client client, Environment environment) {
    this.client = client;
    this.environment = environment;
  }

  /**
   * Says what no one here needs of a resource's objects, so that it is dropped before they are
   * cached; {@code managedFields} are always dropped.
   *
   * @throws IllegalStateException if the informer exists already
   */
  public synchronized <T extends ApiObject> void strip(
      ResourceType<T> type, UnaryOperator<T> transform) {
    if (informers.containsKey(type)) {
      throw new IllegalStateException("the informer of " + type.plural() + " is already made");
    }
    transforms.put(type, transform);
  }

  /** The informer of a resource, made at the first call. */
  @SuppressWarnings("unchecked")
  public synchronized <T extends ApiObject> Informer<T> of(ResourceType<T> type) {
    return (Informer<T>)
        informers.computeIfAbsent(
            type,
            any -> {
              UnaryOperator<T> transform =
                  (UnaryOperator<T>) transforms.getOrDefault(type, UnaryOperator.identity());
              return new Informer<>(
                  client.resource(type),
                  Informer.Selection.<T>all().withTransform(transform),
                  environment);
            });
  }

  /** Starts all informers that are not started. */
  public void start() {
    all().forEach(Informer::start);
  }

  /** Whether all informers have synced. */
  public boolean hasSynced() {
    return all().stream().allMatch(Informer::hasSynced);
  }

  /**
   * Blocks until all informers have synced.
   *
   * @return false if that took longer than the timeout
   * @throws InterruptedException if the calling task is cancelled
   */
  public boolean awaitSync(Duration timeout) throws InterruptedException {
    Duration deadline = environment.uptime().plus(timeout);
    for (Informer<?> informer : all()) {
      if (!informer.awaitSync(deadline.minus(environment.uptime()))) {
        return false;
      }
    }
    return true;
  }

  /** Stops all informers. */
  @Override
  public void close() {
    all().forEach(Informer::close);
  }

  private synchronized List<Informer<?>> all() {
    return new ArrayList<>(informers.values());
  }
}
