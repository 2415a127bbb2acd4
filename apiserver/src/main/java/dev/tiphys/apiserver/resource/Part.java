package dev.tiphys.apiserver.resource;

import dev.tiphys.api.merge.FieldSet;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.validation.FieldErrors;
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

  /** Gives back what a path may not change. */
  @FunctionalInterface
  public interface Keep<T> {
    /** The object that is to be stored. */
    T apply(T object, T old);
  }

  /** Says what is wrong with a change. */
  @FunctionalInterface
  public interface Check<T> {
    /** Adds what is wrong. */
    void apply(T object, T old, FieldErrors errors);
  }

  /** The object itself. */
  public static <T extends ApiObject> Part<T> whole(Strategy<T> strategy) {
    return new Part<>("", strategy::prepareForUpdate, strategy::validateUpdate, STATUS);
  }

  /** The status. */
  public static <T extends ApiObject> Part<T> status(Strategy<T> strategy) {
    return new Part<>(
        "status", strategy::prepareForStatusUpdate, strategy::validateStatusUpdate, ALL_BUT_STATUS);
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
