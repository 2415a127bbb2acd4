package dev.tiphys.apiserver.strategy.events;

import dev.tiphys.api.core.v1.ObjectReference;
import dev.tiphys.api.events.v1.Event;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
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
    boolean fits =
        other == null || other.isEmpty() ? "default".equals(namespace) : other.equals(namespace);
    if (!fits) {
      errors.invalid(
          Path.of("involvedObject", "namespace"), other, "does not match event.namespace");
    }
    if (event.deprecatedFirstTimestamp() != null && event.eventTime() == null) {
      // Written in the older form, and kept to that one's rules.
      return;
    }
    if (event.eventTime() == null) {
      errors.required(Path.of("eventTime"), "");
    }
    if (!List.of("Normal", "Warning").contains(String.valueOf(event.type()))) {
      String type = event.type() == null ? "" : event.type();
      errors.invalid(Path.of("type"), "", "has invalid value: " + type);
    }
    String controller = event.reportingController();
    word(controller, "reportingController", errors);
    if (controller != null && !controller.isEmpty()) {
      errors.invalid(Path.of("reportingController"), controller, LabelNames.key(controller));
    }
    word(event.reportingInstance(), "reportingInstance", errors);
    word(event.action(), "action", errors);
    word(event.reason(), "reason", errors);
    if (event.note() != null && event.note().length() > LONGEST_NOTE) {
      errors.invalid(Path.of("message"), "", "can have at most " + LONGEST_NOTE + " characters");
    }
  }

  private static void word(@Nullable String value, String field, FieldErrors errors) {
    if (value == null || value.isEmpty()) {
      errors.required(Path.of(field), "");
    } else if (value.length() > LONGEST_WORD) {
      errors.invalid(Path.of(field), "", "can have at most " + LONGEST_WORD + " characters");
    }
  }
}
