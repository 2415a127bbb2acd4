package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.Event;
import dev.tiphys.api.core.v1.ObjectReference;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of Event. */
public final class EventStrategy implements Strategy<Event> {

  private static final String INVOLVED = "involvedObject.";
  private static final int LONGEST_WORD = 128;
  private static final int LONGEST_MESSAGE = 1024;

  @Override
  public void validate(Event event, FieldErrors errors) {
    ObjectReference about =
        event.involvedObject() == null ? ObjectReference.EMPTY : event.involvedObject();
    String namespace = event.metadata().namespace();
    String other = about.namespace();
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
    if (isNew) {
      validateNew(event, errors);
    }
  }

  /** What an event must say that tells its time in the newer form. */
  private static void validateNew(Event event, FieldErrors errors) {
    Checks.qualifiedName(event.reportingComponent(), Path.of("reportingComponent"), errors);
    word(event.reportingInstance(), "reportingInstance", errors);
    word(event.action(), "action", errors);
    word(event.reason(), "reason", errors);
    if (event.message() != null && event.message().length() > LONGEST_MESSAGE) {
      errors.invalid(Path.of("message"), "", "can have at most " + LONGEST_MESSAGE + " characters");
    }
  }

  private static void word(@Nullable String value, String field, FieldErrors errors) {
    if (Checks.present(value, Path.of(field), errors)
        && String.valueOf(value).length() > LONGEST_WORD) {
      errors.invalid(Path.of(field), "", "can have at most " + LONGEST_WORD + " characters");
    }
  }

  @Override
  public boolean createsOnUpdate() {
    return true;
  }

  @Override
  public List<String> selectableFields() {
    return List.of(
        INVOLVED + "kind",
        INVOLVED + "namespace",
        INVOLVED + "name",
        INVOLVED + "uid",
        INVOLVED + "apiVersion",
        INVOLVED + "resourceVersion",
        INVOLVED + "fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type");
  }

  @Override
  public String fieldValue(Event event, String field) {
    ObjectReference about =
        event.involvedObject() == null ? ObjectReference.EMPTY : event.involvedObject();
    @Nullable String value =
        switch (field) {
          case "involvedObject.kind" -> about.kind();
          case "involvedObject.namespace" -> about.namespace();
          case "involvedObject.name" -> about.name();
          case "involvedObject.uid" -> about.uid();
          case "involvedObject.apiVersion" -> about.apiVersion();
          case "involvedObject.resourceVersion" -> about.resourceVersion();
          case "involvedObject.fieldPath" -> about.fieldPath();
          case "reason" -> event.reason();
          case "type" -> event.type();
          case "reportingComponent" -> event.reportingComponent();
          case "source" -> source(event);
          default -> Strategy.super.fieldValue(event, field);
        };
    return value == null ? "" : value;
  }

  private static @Nullable String source(Event event) {
    String component = event.source() == null ? null : event.source().component();
    return component == null || component.isEmpty() ? event.reportingComponent() : component;
  }
}
