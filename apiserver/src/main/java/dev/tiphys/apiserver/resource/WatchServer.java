package dev.tiphys.apiserver.resource;

import static dev.tiphys.apiserver.storage.Limits.LAST_BOOKMARK;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.answer.WatchAnswers;
import dev.tiphys.apiserver.http.ClientGoneException;
import dev.tiphys.apiserver.http.Outlet;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.ListOptions;
import dev.tiphys.apiserver.storage.StorageException;
import dev.tiphys.apiserver.storage.WatchEvent;
import dev.tiphys.apiserver.storage.Watcher;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves watches until their time is over, the client goes, it falls behind, or the server stops.
 * What a watch begins with is sent by its request's own virtual thread; then a {@link WatchCourier}
 * a resource brings what happens, except over WebSockets. Thread-safe.
 */
public final class WatchServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WatchServer.class);

  private final Chance chance;
  private final Executor threads;
  private final Set<Watcher<?>> open = ConcurrentHashMap.newKeySet();
  private final Map<Object, Shared> couriers = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  /**
   * Serves watches.
   *
   * @param chance draws the length of watches that do not say one
   * @param threads has one task a WebSocket, while its watch lasts, and one a resource, while there
   *     are events to be brought
   */
  public WatchServer(Chance chance, Executor threads) {
    this.chance = chance;
    this.threads = threads;
  }

  /** A courier and how many watches it has. */
  private record Shared(WatchCourier courier, int watches) {}

  <T extends ApiObject> void serve(
      ApiCall call, Endpoint<T> endpoint, String namespace, ListOptions options)
      throws IOException {
    Instant end = chance.clock().instant().plus(length(options));
    // Selectors that cannot be read are the request's fault and told before the answer begins.
    endpoint.reads().selection(namespace, options);
    Watcher<T> watcher;
    try {
      watcher = endpoint.reads().watch(namespace, options);
    } catch (ApiException e) {
      if (e.reason() != ApiException.Reason.EXPIRED) {
        throw e;
      }
      // As upstream: a watch that cannot begin ends with an event, for clients look there.
      WatchAnswers<T> answers = begin(call, endpoint);
      answers.error(e);
      answers.end();
      return;
    }
    open.add(watcher);
    watcher.endsAt(end);
    try (watcher) {
      call.exchange().onClientGone(watcher::close);
      WatchAnswers<T> answers = begin(call, endpoint);
      if (answers.listens()) {
        threads.execute(() -> listen(answers, watcher));
      }
      try {
        if (relay(call, watcher, answers, end)) {
          push(call, endpoint, watcher, answers, end);
        }
      } catch (StorageException.WatchEnded e) {
        answers.error(ApiException.expired(String.valueOf(e.getMessage())));
      } catch (ApiException e) {
        // An object that cannot be converted, for one.
        answers.error(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      answers.end();
    } finally {
      open.remove(watcher);
    }
  }

  private static void listen(WatchAnswers<?> answers, Watcher<?> watcher) {
    try (watcher) {
      answers.untilClosed();
    } catch (IOException e) {
      log.debug("event=watch-socket-broken message=\"{}\"", e.getMessage());
    }
  }

  private static <T extends ApiObject> WatchAnswers<T> begin(ApiCall call, Endpoint<T> endpoint)
      throws IOException {
    return WatchAnswers.begin(endpoint.answers(), endpoint.type().kind(), call);
  }

  /**
   * Sends from this thread; until there is nothing left to begin with, if others can then go on.
   *
   * @return whether others are to go on
   */
  private <T extends ApiObject> boolean relay(
      ApiCall call, Watcher<T> watcher, WatchAnswers<T> answers, Instant end)
      throws IOException, InterruptedException {
    boolean pushes = answers.outlet() != null;
    while (goesOn(call, watcher)) {
      Duration left = Duration.between(chance.clock().instant(), end);
      if (!left.isPositive()) {
        return false;
      }
      List<WatchEvent<T>> events = pushes ? watcher.poll() : watcher.take(atMostPoll(left));
      if (!events.isEmpty()) {
        answers.events(events);
      } else if (pushes) {
        return true;
      }
    }
    return false;
  }

  private boolean goesOn(ApiCall call, Watcher<?> watcher) {
    return !watcher.closed() && !stopping && !call.exchange().clientGone();
  }

  /** A moment after the last bookmark is due, as long as it is not. */
  private static Duration untilLastBookmark(Duration left) {
    Duration before = left.minus(LAST_BOOKMARK);
    return before.isPositive() ? before.plus(Limits.BOOKMARK_SLACK) : left;
  }

  private static Duration atMostPoll(Duration left) {
    return left.compareTo(Limits.WATCH_POLL) < 0 ? left : Limits.WATCH_POLL;
  }

  /** Lets a courier bring what happens, until the end. */
  private <T extends ApiObject> void push(
      ApiCall call, Endpoint<T> endpoint, Watcher<T> watcher, WatchAnswers<T> answers, Instant end)
      throws IOException, InterruptedException {
    Outlet outlet = Objects.requireNonNull(answers.outlet());
    PushedWatch<T> watch =
        new PushedWatch<>(watcher, answers, outlet, engage(endpoint), System::nanoTime);
    try {
      watch.begin();
      while (goesOn(call, watcher)) {
        Duration left = Duration.between(chance.clock().instant(), end);
        if (!left.isPositive() || watch.await(atMostPoll(untilLastBookmark(left)))) {
          return;
        }
        if (watch.stalled(Limits.WATCH_STALL)) {
          throw new ClientGoneException("the client takes nothing");
        }
        // A bookmark may be due.
        watch.ready();
      }
    } finally {
      watch.stop();
      dismiss(endpoint);
    }
  }

  private WatchCourier engage(Endpoint<?> endpoint) {
    return couriers
        .compute(
            endpoint.reads(),
            (_, shared) ->
                shared == null
                    ? new Shared(new WatchCourier(threads, System::nanoTime), 1)
                    : new Shared(shared.courier(), shared.watches() + 1))
        .courier();
  }

  private void dismiss(Endpoint<?> endpoint) {
    couriers.computeIfPresent(
        endpoint.reads(),
        (_, shared) ->
            shared.watches() == 1 ? null : new Shared(shared.courier(), shared.watches() - 1));
  }

  private Duration length(ListOptions options) {
    Long asked = options.timeoutSeconds();
    if (asked != null && asked > 0) {
      return Duration.ofSeconds(asked);
    }
    long least = Limits.MIN_WATCH.toSeconds();
    return Duration.ofSeconds(least + chance.random().nextLong(least));
  }

  /** How many watches are under way. */
  public int count() {
    return open.size();
  }

  /** Ends all watches. */
  @Override
  public void close() {
    stopping = true;
    open.forEach(Watcher::close);
  }
}
