package dev.tiphys.apiserver.extension.schema;

import dev.tiphys.api.apiextensions.v1.JSONSchemaProps;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.math.BigDecimal;

/** Whether numbers are within the bounds of their schema. */
final class Numbers {

  private Numbers() {}

  static void check(JSONSchemaProps rules, JsonTree.Num number, Path path, FieldErrors errors) {
    BigDecimal value = new BigDecimal(number.literal());
    String at = ValueRules.at(path) + " in body should be ";
    Double most = rules.maximum();
    if (most != null) {
      int order = value.compareTo(new BigDecimal(most));
      boolean exclusive = Boolean.TRUE.equals(rules.exclusiveMaximum());
      if (order > 0 || (exclusive && order == 0)) {
        errors.invalid(
            path, number, at + (exclusive ? "less than " : "less than or equal to ") + shown(most));
      }
    }
    Double least = rules.minimum();
    if (least != null) {
      int order = value.compareTo(new BigDecimal(least));
      boolean exclusive = Boolean.TRUE.equals(rules.exclusiveMinimum());
      if (order < 0 || (exclusive && order == 0)) {
        errors.invalid(
            path,
            number,
            at + (exclusive ? "greater than " : "greater than or equal to ") + shown(least));
      }
    }
    Double factor = rules.multipleOf();
    if (factor != null
        && factor != 0
        && value.remainder(BigDecimal.valueOf(factor)).signum() != 0) {
      errors.invalid(path, number, at + "a multiple of " + shown(factor));
    }
  }

  static String shown(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e21
        ? new BigDecimal(number).toPlainString()
        : Double.toString(number);
  }
}
