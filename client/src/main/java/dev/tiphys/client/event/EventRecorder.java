package dev.tiphys.client.event;

import dev.tiphys.api.core.v1.Event;
import dev.tiphys.api.core.v1.EventSource;
import dev.tiphys.api.core.v1.ObjectReference;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Limits;
import dev.tiphys.client.Patch;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.environment.Environment;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events about objects. {@link #event} returns at once; one task in the background writes,
 * and an event that cannot be written is given up in the end. Thread-safe.
 *
 * <p>The same event again only raises the count of the first; many events that differ in their
 * message alone are combined; a source that will not stop about one object is throttled ({@link
 * EventCorrelator}).
 */
public final class EventRecorder {

  private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);
  private static final int TRIES = 12;
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final ResourceClient<Event> events;
  private final EventSource source;
  private final Environment environment;
  private final EventCorrelator correlator;
  private final ArrayDeque<Event> waiting = new ArrayDeque<>();
  private boolean writing;

  /** The two types that there are. */
  public enum Type {
    /** For information. */
    NORMAL("Normal"),
    /** Something may need attention. */
    WARNING("Warning");

    private final String text;

    Type(String text) {
      this.text = text;
    }
  }

  /**
   * Makes a recorder.
   *
   * @param events the Event resource of the core group
   * @param component who reports, as {@code deployment-controller}
   * @param host the node that reports, or null
   */
  public EventRecorder(
      ResourceClient<Event> events,
      String component,
      @Nullable String host,
      Environment environment) {
    this.events = events;
    this.source = EventSource.builder().component(component).host(host).build();
    this.environment = environment;
    this.correlator = new EventCorrelator(environment);
  }

  /**
   * Reports something about an object.
   *
   * @param reason one CamelCase word for machines
   * @param message a sentence for people
   */
  public void event(ApiObject about, Type type, String reason, String message) {
    event(reference(about), type, reason, message);
  }

  /** Reports something about what a reference names; its {@code fieldPath} may tell a part. */
  public void event(ObjectReference about, Type type, String reason, String message) {
    Instant now = environment.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    String namespace =
        about.namespace() == null || about.namespace().isEmpty() ? "default" : about.namespace();
    Event event =
        Event.builder()
            .metadata(ObjectMeta.builder().namespace(namespace).name(name(about)).build())
            .involvedObject(about)
            .type(type.text)
            .reason(reason)
            .message(message)
            .source(source)
            .reportingComponent(source.component())
            .reportingInstance(source.host())
            .firstTimestamp(now)
            .lastTimestamp(now)
            .count(1)
            .build();
    synchronized (waiting) {
      if (waiting.size() >= Limits.EVENTS_WAITING) {
        log.warn("event=event-dropped object={} reason={}", about.name(), reason);
        return;
      }
      waiting.add(event);
      if (writing) {
        return;
      }
      writing = true;
    }
    environment.execute("events-" + source.component(), this::drain);
  }

  /** A reference to an object, as events have it. */
  public static ObjectReference reference(ApiObject object) {
    GroupVersionKind kind = object.structType().kind();
    ObjectMeta metadata = object.metadata();
    return ObjectReference.builder()
        .apiVersion(kind == null ? null : kind.apiVersion())
        .kind(kind == null ? null : kind.kind())
        .namespace(metadata.namespace())
        .name(metadata.name())
        .uid(metadata.uid())
        .resourceVersion(metadata.resourceVersion())
        .build();
  }

  /** The object's name and the time in nanoseconds, whose last digits are left to chance. */
  private String name(ObjectReference about) {
    Instant now = environment.clock().instant();
    long nanos = now.getEpochSecond() * 1_000_000_000 + now.getNano() / 1000 * 1000;
    return about.name() + "." + Long.toHexString(nanos + environment.random().nextInt(1000));
  }

  private void drain() {
    while (true) {
      Event next;
      synchronized (waiting) {
        next = waiting.poll();
        if (next == null) {
          writing = false;
          return;
        }
      }
      EventCorrelator.Outcome outcome = correlator.observe(next);
      if (outcome != null && !write(outcome)) {
        return;
      }
    }
  }

  /** Writes one event, patiently; false if the task is cancelled. */
  private boolean write(EventCorrelator.Outcome outcome) {
    for (int tries = 0; tries < TRIES; tries++) {
      try {
        if (tries > 0) {
          environment.sleep(RETRY);
        }
        writeOnce(outcome);
        return true;
      } catch (ApiException.Unavailable | ApiException.Timeout later) {
        log.debug("event=event-delayed error={}", later.getMessage());
      } catch (ApiException refused) {
        // The namespace may be ending or the object gone; there is no one to tell.
        log.debug("event=event-refused error={}", refused.getMessage());
        return true;
      } catch (InterruptedException | CancellationException cancelled) {
        return false;
      }
    }
    log.warn("event=event-given-up reason={}", outcome.event().reason());
    return true;
  }

  private void writeOnce(EventCorrelator.Outcome outcome) {
    Event event = outcome.event();
    ResourceClient<Event> target = events.inNamespace(event.metadata().namespace());
    if (outcome.repeated()) {
      try {
        target.patch(
            String.valueOf(event.metadata().name()), new Patch.Merge(EventCorrelator.patch(event)));
        return;
      } catch (ApiException.NotFound expired) {
        log.debug("event=event-recreated");
      }
    }
    target.create(event);
  }
}
