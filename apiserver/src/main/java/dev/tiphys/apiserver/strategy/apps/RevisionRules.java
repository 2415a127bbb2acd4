package dev.tiphys.apiserver.strategy.apps;

import dev.tiphys.api.apps.v1.ControllerRevision;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;

/** The rules of ControllerRevision, which keeps what a workload once was and so never changes. */
public final class RevisionRules {

  private RevisionRules() {}

  /** The rules. */
  public static Strategy<ControllerRevision> rules() {
    return KindRules.<ControllerRevision>builder()
        .validate((object, errors) -> {
          if (object.data() == null) {
            errors.required(Path.of("data"), "data is mandatory");
          }
          Checks.notNegative(object.revision(), Path.of("revision"), errors);
        })
        .change((object, old, errors) ->
            Checks.immutable(object.data(), old.data(), Path.of("data"), errors))
        .build();
  }
}
