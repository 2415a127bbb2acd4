package dev.tiphys.apiserver.strategy.resource;

import dev.tiphys.api.resource.v1beta2.DeviceTaint;
import dev.tiphys.api.resource.v1beta2.DeviceTaintRule;
import dev.tiphys.api.resource.v1beta2.DeviceTaintRuleSpec;
import dev.tiphys.api.resource.v1beta2.DeviceTaintSelector;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.Conditions;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of DeviceTaintRule: an administrator's taint on somebody else's devices. */
public final class TaintRuleRules {

  private static final Path SPEC = Path.of("spec");
  private static final int MOST_CONDITIONS = 8;

  private TaintRuleRules() {}

  /** The rules; the clock tells when the taint was set. */
  public static Strategy<DeviceTaintRule> rules(InstantSource clock) {
    return KindRules.<DeviceTaintRule>builder()
        .generations(true)
        .defaults(object ->
            in(object).taint() == null || taint(object).timeAdded() != null
                ? object
                : object.withSpec(
                    in(object)
                        .withTaint(
                            taint(object)
                                .withTimeAdded(clock.instant().truncatedTo(ChronoUnit.SECONDS)))))
        .validate((object, errors) -> {
          select(in(object).deviceSelector(), errors);
          DeviceTaint taint = taint(object);
          Path path = SPEC.child("taint");
          DeviceNames.taint(taint.key(), taint.value(), path, errors);
        })
        .validateNew((object, errors) ->
            DeviceNames.effect(taint(object).effect(), SPEC.child("taint", "effect"), errors))
        .change((object, old, errors) -> {
          if (!Objects.equals(taint(object).effect(), taint(old).effect())) {
            DeviceNames.effect(taint(object).effect(), SPEC.child("taint", "effect"), errors);
          }
        })
        .statusChange((object, old, errors) -> {
          if (object.status() != null) {
            Path path = Path.of("status", "conditions");
            Conditions.validate(object.status().conditions(), path, errors);
            Checks.fits(object.status().conditions(), MOST_CONDITIONS, path, errors);
          }
        })
        .build();
  }

  private static DeviceTaintRuleSpec in(DeviceTaintRule object) {
    return Objects.requireNonNullElse(object.spec(), DeviceTaintRuleSpec.EMPTY);
  }

  private static DeviceTaint taint(DeviceTaintRule object) {
    return Objects.requireNonNullElse(in(object).taint(), DeviceTaint.EMPTY);
  }

  private static void select(@Nullable DeviceTaintSelector selector, FieldErrors errors) {
    if (selector == null) {
      return;
    }
    Path path = SPEC.child("deviceSelector");
    if (selector.driver() != null) {
      DeviceNames.driver(selector.driver(), path.child("driver"), errors);
    }
    if (selector.pool() != null) {
      DeviceNames.pool(selector.pool(), path.child("pool"), errors);
    }
    if (selector.device() != null) {
      DeviceNames.device(selector.device(), path.child("device"), errors);
    }
  }
}
