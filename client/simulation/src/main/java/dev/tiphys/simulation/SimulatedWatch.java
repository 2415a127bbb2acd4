package dev.tiphys.simulation;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.WatchEvent;
import dev.tiphys.client.WatchOptions;
import dev.tiphys.client.WatchStream;
import dev.tiphys.simulation.SimulatedCluster.Change;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A watch whose events arrive in order, each after a delay. */
final class SimulatedWatch<T extends ApiObject> implements WatchStream<T> {

  private final SimulatedCluster cluster;
  private final String resource;
  private final WatchOptions options;
  private final Predicate<ApiObject> inScope;
  private final Function<ApiObject, T> view;
  private final ArrayDeque<Arrival<T>> arriving = new ArrayDeque<>();
  private final SimulatedEnvironment.Signal signal;
  private final Duration end;
  private Duration lastArrival = Duration.ZERO;
  private boolean broken;
  private boolean closed;

  private record Arrival<T extends ApiObject>(Duration at, WatchEvent<T> event) {}

  SimulatedWatch(
      SimulatedCluster cluster,
      String resource,
      WatchOptions options,
      Predicate<ApiObject> inScope,
      Function<ApiObject, T> view) {
    this.cluster = cluster;
    this.resource = resource;
    this.options = options;
    this.inScope = inScope;
    this.view = view;
    this.signal = cluster.environment().new Signal();
    this.end = cluster.environment().uptime().plus(options.timeout());
  }

  /** Hears of a change; what is not selected, before or after, is passed over. */
  void offer(Change change, Duration delay) {
    if (!change.resource().equals(resource)) {
      return;
    }
    boolean is = change.kind() != Change.Kind.DELETED && selected(change.object());
    boolean was = change.before() != null && selected(change.before());
    if (!is && !was) {
      return;
    }
    T object = view.apply(change.object());
    arrive(
        !is
            ? new WatchEvent.Deleted<>(object)
            : was ? new WatchEvent.Modified<>(object) : new WatchEvent.Added<>(object),
        delay);
  }

  /** Begins with an object that is there already. */
  void initial(ApiObject object) {
    if (selected(object)) {
      arrive(new WatchEvent.Added<>(view.apply(object)), Duration.ZERO);
    }
  }

  private void arrive(WatchEvent<T> event, Duration delay) {
    Duration at = cluster.environment().uptime().plus(delay);
    lastArrival = at.compareTo(lastArrival) > 0 ? at : lastArrival;
    arriving.add(new Arrival<>(lastArrival, event));
    signal.raise(lastArrival.minus(cluster.environment().uptime()));
  }

  private boolean selected(ApiObject object) {
    return inScope.test(object)
        && Structs.selected(object, options.labelSelector(), options.fieldSelector());
  }

  void breakOff() {
    broken = true;
    signal.raise(Duration.ZERO);
  }

  @Override
  public @Nullable WatchEvent<T> next() {
    while (true) {
      Duration now = cluster.environment().uptime();
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("the watch was interrupted");
      }
      if (closed || now.compareTo(end) >= 0) {
        return null;
      }
      if (broken) {
        throw ApiException.unreachable("the watch broke (simulated)", null);
      }
      Arrival<T> first = arriving.peek();
      if (first != null && first.at.compareTo(now) <= 0) {
        if (cluster.breaksWatch()) {
          throw ApiException.unreachable("the watch broke (simulated)", null);
        }
        arriving.poll();
        return first.event;
      }
      Duration until = first != null && first.at.compareTo(end) < 0 ? first.at : end;
      signal.await(until.minus(now));
    }
  }

  @Override
  public void close() {
    closed = true;
    cluster.unwatch(this);
    signal.raise(Duration.ZERO);
  }
}
