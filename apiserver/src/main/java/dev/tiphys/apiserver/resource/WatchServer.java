package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.answer.WatchAnswers;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves watches: each on its request's own virtual thread, until its time is over, the client
 * goes, it falls behind, or the server stops. Thread-safe.
 */
public final class WatchServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WatchServer.class);

  private final Chance chance;
  private final Executor listeners;
  private final Set<Watcher<?>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  /**
   * Serves watches.
   *
   * @param chance draws the length of watches that do not say one
   * @param listeners blocked by one task a WebSocket, while its watch lasts
   */
  public WatchServer(Chance chance, Executor listeners) {
    this.chance = chance;
    this.listeners = listeners;
  }

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
    try (watcher) {
      call.exchange().onClientGone(watcher::close);
      WatchAnswers<T> answers = begin(call, endpoint);
      if (answers.listens()) {
        listeners.execute(() -> listen(answers, watcher));
      }
      relay(call, watcher, answers, end);
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

  private <T extends ApiObject> void relay(
      ApiCall call, Watcher<T> watcher, WatchAnswers<T> answers, Instant end) throws IOException {
    try {
      while (!watcher.closed() && !stopping && !call.exchange().clientGone()) {
        Duration left = Duration.between(chance.clock().instant(), end);
        if (!left.isPositive()) {
          return;
        }
        List<WatchEvent<T>> events =
            watcher.take(left.compareTo(Limits.WATCH_POLL) < 0 ? left : Limits.WATCH_POLL);
        if (!events.isEmpty()) {
          answers.events(events);
        }
      }
    } catch (StorageException.WatchEnded e) {
      answers.error(ApiException.expired(String.valueOf(e.getMessage())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
