package dev.tiphys.apiserver.strategy.resource;

import dev.tiphys.api.resource.v1.CapacityRequestPolicy;
import dev.tiphys.api.resource.v1.CapacityRequestPolicyRange;
import dev.tiphys.api.resource.v1.DeviceCapacity;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.strategy.Checks;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How much of a shared device's capacity can be asked for: some values, or a range. Pure. */
final class CapacityRules {

  private static final int MOST_VALUES = 10;

  private CapacityRules() {}

  static void validate(DeviceCapacity capacity, Path path, FieldErrors errors) {
    CapacityRequestPolicy policy =
        Objects.requireNonNullElse(capacity.requestPolicy(), CapacityRequestPolicy.EMPTY);
    Quantity most = Objects.requireNonNullElse(capacity.value(), Quantity.ZERO);
    Quantity usual = policy.default_();
    if (!policy.validValues().isEmpty() && policy.validRange() != null) {
      errors.forbidden(
          path,
          "exactly one policy can be specified, cannot specify \"validValues\" and \"validRange\""
              + " at the same time");
    } else if (!policy.validValues().isEmpty()) {
      if (usual == null) {
        errors.required(path.child("default"), "required when validValues is defined");
      } else {
        values(policy.validValues(), usual, most, path.child("validValues"), errors);
      }
    } else if (policy.validRange() != null) {
      if (usual == null) {
        errors.required(path.child("default"), "required when validRange is defined");
      } else {
        range(policy.validRange(), usual, most, path.child("validRange"), errors);
      }
    }
  }

  private static void values(
      List<Quantity> values, Quantity usual, Quantity most, Path path, FieldErrors errors) {
    for (int i = 1; i < values.size(); i++) {
      if (values.get(i - 1).compareTo(values.get(i)) > 0) {
        errors.invalid(
            path.index(i), values.get(i).toString(), "values must be sorted in ascending order");
      }
    }
    if (Checks.fits(values, MOST_VALUES, path, errors)) {
      for (int i = 0; i < values.size(); i++) {
        above(values.get(i), most, "option is larger than capacity value", path.index(i), errors);
      }
      DeviceNames.unique(values, value -> Long.toString(value.value()), path, errors);
    }
    if (values.stream().noneMatch(value -> value.compareTo(usual) == 0)) {
      errors.invalid(
          path, usual.toString(), "default value is not valid according to the requestPolicy");
    }
  }

  private static void range(
      CapacityRequestPolicyRange range,
      Quantity usual,
      Quantity capacity,
      Path path,
      FieldErrors errors) {
    Quantity least = range.min();
    if (least == null) {
      errors.required(path.child("min"), "required when validRange is defined");
      return;
    }
    above(least, capacity, "min is larger than capacity value", path.child("min"), errors);
    if (usual.compareTo(least) < 0) {
      errors.invalid(path.child("min"), usual.toString(), "default is less than min: " + least);
    }
    Quantity most = range.max();
    if (most != null) {
      above(least, most, "min is larger than max", path.child("max"), errors);
      above(most, capacity, "max is larger than capacity value", path.child("max"), errors);
      above(usual, most, "default is more than max", path.child("max"), errors);
    }
    Quantity step = range.step();
    if (step != null) {
      Quantity next = least.plus(step);
      if (next.compareTo(capacity) > 0) {
        errors.invalid(
            path.child("step"),
            step.toString(),
            "one step " + next + " is larger than capacity value: " + capacity);
      }
      multiple(usual, least, step, path.child("step"), errors);
      multiple(most, least, step, path.child("step"), errors);
    }
  }

  private static void above(
      Quantity value, Quantity bound, String why, Path path, FieldErrors errors) {
    if (value.compareTo(bound) > 0) {
      errors.invalid(path, value.toString(), why + ": " + bound);
    }
  }

  private static void multiple(
      @Nullable Quantity value, Quantity least, Quantity step, Path path, FieldErrors errors) {
    if (value != null && step.value() != 0 && (value.value() - least.value()) % step.value() != 0) {
      errors.invalid(
          path,
          value.toString(),
          "value is not a multiple of a given step (" + step + ") from (" + least + ")");
    }
  }
}
