package dev.tiphys.client.informer;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Limits;
import dev.tiphys.client.ListOptions;
import dev.tiphys.client.Page;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.WatchEvent;
import dev.tiphys.client.WatchOptions;
import dev.tiphys.client.WatchStream;
import dev.tiphys.client.environment.Backoff;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.informer.Informer.Selection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Lists, then watches from there, again and again; lists anew when the server has forgotten the
 * version; waits longer after each failure in a row. Ends when its task is cancelled.
 */
final class Reflector<T extends ApiObject> implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Reflector.class);

  /** How long a watch that hears nothing must last to count as one that worked. */
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(1);

  /** Of how many failures in a row one is told. */
  private static final int COMPLAINTS = 10;

  private final ResourceClient<T> resource;
  private final Selection<T> selection;
  private final Environment environment;
  private final Sink<T> sink;
  private String resourceVersion = "";
  private boolean healthy;

  /** Hears what the reflector learns, in order, in its task. */
  interface Sink<T extends ApiObject> {
    void replace(List<T> objects, String resourceVersion);

    void apply(WatchEvent<T> event);
  }

  Reflector(
      ResourceClient<T> resource, Selection<T> selection, Environment environment, Sink<T> sink) {
    this.resource = resource;
    this.selection = selection;
    this.environment = environment;
    this.sink = sink;
  }

  @Override
  public void run() {
    boolean listed = false;
    int failures = 0;
    while (true) {
      healthy = false;
      try {
        if (!listed) {
          list();
          listed = true;
        }
        watch();
        // A watch that ends at once without a word must not become a tight loop.
        failures = healthy ? 0 : failures + 1;
      } catch (ApiException.Gone forgotten) {
        listed = false;
        failures = healthy ? 1 : failures + 1;
        log.debug("event=relist resource={} reason=expired", resource.type().plural());
      } catch (ApiException failure) {
        failures = healthy ? 1 : failures + 1;
        complain(failures, failure);
      } catch (CancellationException cancelled) {
        return;
      }
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      if (failures > 0) {
        try {
          environment.sleep(Backoff.REFLECTOR.delay(failures, environment.random()));
        } catch (InterruptedException cancelled) {
          return;
        }
      }
    }
  }

  /** A server that is away is away for all resources, and the transport tells that once. */
  private void complain(int failures, ApiException failure) {
    boolean away = failure instanceof ApiException.Unavailable;
    log.atLevel(failures % COMPLAINTS == (away ? 0 : 1) ? Level.WARN : Level.DEBUG)
        .log(
            "event=list-watch-failed resource={} failures={} error={}",
            resource.type().plural(),
            failures,
            failure.getMessage());
  }

  private void list() {
    ListOptions options =
        ListOptions.ALL.withLabels(selection.labelSelector()).withFields(selection.fieldSelector());
    Page<T> page = resource.listAll(options);
    sink.replace(page.items(), page.resourceVersion());
    resourceVersion = page.resourceVersion();
  }

  /** Watches to the end of the stream. It was healthy if anything was heard or time passed. */
  private void watch() {
    Duration timeout =
        Limits.WATCH_TIMEOUT.plusMillis(
            environment.random().nextLong(Limits.WATCH_TIMEOUT.toMillis()));
    WatchOptions options =
        new WatchOptions(
            selection.labelSelector(), selection.fieldSelector(), resourceVersion, true, timeout);
    Duration began = environment.uptime();
    try (WatchStream<T> stream = resource.watch(options)) {
      for (WatchEvent<T> event = stream.next(); event != null; event = stream.next()) {
        healthy = true;
        sink.apply(event);
        if (!event.resourceVersion().isEmpty()) {
          resourceVersion = event.resourceVersion();
        }
      }
    } finally {
      healthy |= environment.uptime().minus(began).compareTo(LONG_ENOUGH) > 0;
    }
  }
}
