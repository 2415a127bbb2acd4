package dev.tiphys.apiserver.resource;

import dev.tiphys.api.merge.FieldSet;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.strategy.PartRules;
import dev.tiphys.apiserver.strategy.PartRules.Check;
import dev.tiphys.apiserver.strategy.PartRules.Keep;
import dev.tiphys.apiserver.strategy.Strategy;

/**
 * The part of an object that a path writes: the object itself, or what a subresource stands for.
 *
 * @param subresource empty for the object itself
 * @param keep gives back what the path may not change; gets the new object and the old one
 * @param check says what is wrong with the change
 * @param ignored fields that the path cannot change, whatever is sent; nobody owns them by it
 */
public record Part<T extends ApiObject>(
    String subresource, Keep<T> keep, Check<T> check, FieldSet ignored) {

  private static final FieldSet STATUS = FieldSet.of("status");
  private static final FieldSet ALL_BUT_STATUS =
      FieldSet.of("spec").union(FieldSet.of("metadata", "labels"));

  /** The object itself. */
  public static <T extends ApiObject> Part<T> whole(Strategy<T> strategy) {
    return new Part<>(
        "",
        strategy::prepareForUpdate,
        strategy::validateUpdate,
        strategy.keepsStatusApart() ? STATUS : FieldSet.EMPTY);
  }

  /** The status. */
  public static <T extends ApiObject> Part<T> status(Strategy<T> strategy) {
    return new Part<>(
        "status", strategy::prepareForStatusUpdate, strategy::validateStatusUpdate, ALL_BUT_STATUS);
  }

  /** A subresource for a part of the object, by the kind's own rules. */
  public static <T extends ApiObject> Part<T> of(String subresource, PartRules<T> rules) {
    return new Part<>(subresource, rules.keep(), rules.check(), rules.ignored());
  }

  /** Another subresource that changes the object under the rules of the object itself. */
  public static <T extends ApiObject> Part<T> through(String subresource, Strategy<T> strategy) {
    return new Part<>(subresource, strategy::prepareForUpdate, strategy::validateUpdate, STATUS);
  }

  /** A subresource with a rule of its own, which the kind's strategy need not check. */
  public static <T extends ApiObject> Part<T> special(String subresource, Keep<T> keep) {
    return new Part<>(subresource, keep, (_, _, _) -> {}, FieldSet.EMPTY);
  }
}
