package dev.tiphys.apiserver.strategy.events;

import dev.tiphys.api.core.v1.EventSource;
import dev.tiphys.api.core.v1.ObjectReference;
import dev.tiphys.api.events.v1.Event;
import dev.tiphys.api.events.v1.EventSeries;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of Event in its newer form, which are stricter than the older form's. */
public final class EventRules {

  private static final int LONGEST_WORD = 128;
  private static final int LONGEST_NOTE = 1024;

  private EventRules() {}

  /** The rules. */
  public static Strategy<Event> rules() {
    return KindRules.<Event>builder()
        .validate(EventRules::validate)
        .validateNew(EventRules::validateNew)
        .change(EventRules::change)
        .createsOnUpdate()
        .field("reason", Event::reason)
        .field("type", Event::type)
        .field("reportingController", Event::reportingController)
        .field("regarding.kind", e -> about(e).kind())
        .field("regarding.namespace", e -> about(e).namespace())
        .field("regarding.name", e -> about(e).name())
        .field("regarding.uid", e -> about(e).uid())
        .field("regarding.apiVersion", e -> about(e).apiVersion())
        .field("regarding.resourceVersion", e -> about(e).resourceVersion())
        .field("regarding.fieldPath", e -> about(e).fieldPath())
        .build();
  }

  private static ObjectReference about(Event event) {
    return Objects.requireNonNullElse(event.regarding(), ObjectReference.EMPTY);
  }

  private static void validate(Event event, FieldErrors errors) {
    String namespace = event.metadata().namespace();
    String other = about(event).namespace();
    boolean isNew = event.eventTime() != null;
    boolean fits =
        (other == null || other.isEmpty())
            ? "default".equals(namespace) || (isNew && "kube-system".equals(namespace))
            : isNew || other.equals(namespace);
    if (!fits) {
      errors.invalid(
          Path.of("involvedObject", "namespace"),
          other == null ? "" : other,
          "does not match event.namespace");
    }
    if (!isNew) {
      // Written in the older form, and kept to that one's rules.
      return;
    }
    Checks.qualifiedName(event.reportingController(), Path.of("reportingController"), errors);
    word(event.reportingInstance(), "reportingInstance", errors);
    word(event.action(), "action", errors);
    word(event.reason(), "reason", errors);
    if (event.note() != null && event.note().length() > LONGEST_NOTE) {
      errors.invalid(Path.of("message"), "", "can have at most " + LONGEST_NOTE + " characters");
    }
  }

  private static void validateNew(Event event, FieldErrors errors) {
    validateSeries(event.series(), errors);
    if (event.eventTime() == null) {
      errors.required(Path.of("eventTime"), "");
    }
    if (!List.of("Normal", "Warning").contains(String.valueOf(event.type()))) {
      String type = event.type() == null ? "" : event.type();
      errors.invalid(Path.of("type"), "", "has invalid value: " + type);
    }
    unset(event.deprecatedFirstTimestamp() != null, "firstTimestamp", errors);
    unset(event.deprecatedLastTimestamp() != null, "lastTimestamp", errors);
    unset(event.deprecatedCount() != null && event.deprecatedCount() != 0, "count", errors);
    unset(
        event.deprecatedSource() != null && !event.deprecatedSource().equals(EventSource.EMPTY),
        "source",
        errors);
  }

  private static void unset(boolean set, String field, FieldErrors errors) {
    if (set) {
      errors.invalid(Path.of(field), "", "needs to be unset");
    }
  }

  private static void validateSeries(@Nullable EventSeries series, FieldErrors errors) {
    if (series == null) {
      return;
    }
    if (Objects.requireNonNullElse(series.count(), 0) < 2) {
      errors.invalid(Path.of("series.count"), "", "should be at least 2");
    }
    if (series.lastObservedTime() == null) {
      errors.required(Path.of("series.lastObservedTime"), "");
    }
  }

  /** An event tells of something that was: only that it goes on may be added. */
  private static void change(Event event, Event old, FieldErrors errors) {
    same(event.regarding(), old.regarding(), "involvedObject", errors);
    same(event.reason(), old.reason(), "reason", errors);
    same(event.note(), old.note(), "message", errors);
    same(event.deprecatedSource(), old.deprecatedSource(), "source", errors);
    same(
        event.deprecatedFirstTimestamp(), old.deprecatedFirstTimestamp(), "firstTimestamp", errors);
    same(event.deprecatedLastTimestamp(), old.deprecatedLastTimestamp(), "lastTimestamp", errors);
    same(event.deprecatedCount(), old.deprecatedCount(), "count", errors);
    same(event.type(), old.type(), "type", errors);
    same(event.eventTime(), old.eventTime(), "eventTime", errors);
    same(event.action(), old.action(), "action", errors);
    same(event.related(), old.related(), "related", errors);
    same(event.reportingController(), old.reportingController(), "reportingController", errors);
    same(event.reportingInstance(), old.reportingInstance(), "reportingInstance", errors);
    if (!Objects.equals(event.series(), old.series())) {
      validateSeries(event.series(), errors);
    }
  }

  private static void same(
      @Nullable Object value, @Nullable Object old, String field, FieldErrors errors) {
    Checks.immutable(value, old, Path.of(field), errors);
  }

  private static void word(@Nullable String value, String field, FieldErrors errors) {
    if (value == null || value.isEmpty()) {
      errors.required(Path.of(field), "");
    } else if (value.length() > LONGEST_WORD) {
      errors.invalid(Path.of(field), "", "can have at most " + LONGEST_WORD + " characters");
    }
  }
}
