package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.meta.v1.Condition;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is wrong with conditions of the form that newer kinds share. Pure. */
public final class Conditions {

  private static final int LONGEST_REASON = 1024;
  private static final int LONGEST_MESSAGE = 32 * 1024;
  private static final String REASON = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?";

  private Conditions() {}

  /** Checks a status' conditions: each type once, with a state, a reason and a time. */
  public static void validate(List<Condition> conditions, Path path, FieldErrors errors) {
    Set<String> types = new HashSet<>();
    for (int i = 0; i < conditions.size(); i++) {
      Condition condition = conditions.get(i);
      Path at = path.index(i);
      String type = condition.type() == null ? "" : condition.type();
      if (!types.add(type)) {
        errors.duplicate(at.child("type"), type);
      }
      errors.invalid(at.child("type"), type, LabelNames.key(type));
      String status = condition.status() == null ? "" : condition.status();
      if (!List.of("True", "False", "Unknown").contains(status)) {
        errors.notSupported(at.child("status"), status, List.of("False", "True", "Unknown"));
      }
      Long generation = condition.observedGeneration();
      if (generation != null && generation < 0) {
        errors.invalid(
            at.child("observedGeneration"), generation, "must be greater than or equal to zero");
      }
      if (condition.lastTransitionTime() == null) {
        errors.required(at.child("lastTransitionTime"), "must be set");
      }
      String reason = condition.reason() == null ? "" : condition.reason();
      if (reason.isEmpty()) {
        errors.required(at.child("reason"), "must be set");
      } else if (!reason.matches(REASON)) {
        errors.invalid(
            at.child("reason"),
            reason,
            "a condition reason must start with alphabetic character, optionally followed by a"
                + " string of alphanumeric characters or '_,:', and must end with an alphanumeric"
                + " character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or"
                + " 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '"
                + REASON
                + "')");
      }
      if (reason.length() > LONGEST_REASON) {
        errors.add(FieldError.tooLong(at.child("reason"), LONGEST_REASON));
      }
      Checks.notLonger(condition.message(), LONGEST_MESSAGE, at.child("message"), errors);
    }
  }
}
