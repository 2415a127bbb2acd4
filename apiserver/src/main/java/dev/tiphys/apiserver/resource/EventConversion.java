package dev.tiphys.apiserver.resource;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Event;
import dev.tiphys.api.core.v1.EventSeries;
import dev.tiphys.apiserver.resource.ServedResource.Conversion;
import org.jspecify.annotations.Nullable;

/** Events of the core group and of {@code events.k8s.io} are the same objects under two shapes. */
public final class EventConversion {

  private EventConversion() {}

  /** Between the two; the core group's is stored. */
  public static Conversion<dev.tiphys.api.events.v1.Event, Event> conversion() {
    return new Conversion<>(Resources.EVENTS, EventConversion::toCore, EventConversion::fromCore);
  }

  /** As the core group has it. */
  public static Event toCore(dev.tiphys.api.events.v1.Event event) {
    return Event.builder()
        .metadata(event.metadata())
        .involvedObject(event.regarding())
        .reason(event.reason())
        .message(event.note())
        .source(event.deprecatedSource())
        .firstTimestamp(event.deprecatedFirstTimestamp())
        .lastTimestamp(event.deprecatedLastTimestamp())
        .count(event.deprecatedCount())
        .type(event.type())
        .eventTime(event.eventTime())
        .series(toCore(event.series()))
        .action(event.action())
        .related(event.related())
        .reportingComponent(event.reportingController())
        .reportingInstance(event.reportingInstance())
        .build();
  }

  private static @Nullable EventSeries toCore(
      dev.tiphys.api.events.v1.@Nullable EventSeries series) {
    return series == null
        ? null
        : EventSeries.builder()
            .count(series.count())
            .lastObservedTime(series.lastObservedTime())
            .build();
  }

  /** As {@code events.k8s.io} has it. */
  public static dev.tiphys.api.events.v1.Event fromCore(Event event) {
    EventSeries series = event.series();
    return dev.tiphys.api.events.v1.Event.builder()
        .metadata(event.metadata())
        .regarding(event.involvedObject())
        .reason(event.reason())
        .note(event.message())
        .deprecatedSource(event.source())
        .deprecatedFirstTimestamp(event.firstTimestamp())
        .deprecatedLastTimestamp(event.lastTimestamp())
        .deprecatedCount(event.count())
        .type(event.type())
        .eventTime(event.eventTime())
        .series(
            series == null
                ? null
                : dev.tiphys.api.events.v1.EventSeries.builder()
                    .count(series.count())
                    .lastObservedTime(series.lastObservedTime())
                    .build())
        .action(event.action())
        .related(event.related())
        .reportingController(event.reportingComponent())
        .reportingInstance(event.reportingInstance())
        .build();
  }
}
