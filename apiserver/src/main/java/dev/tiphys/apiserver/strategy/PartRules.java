package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.merge.FieldSet;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.validation.FieldErrors;

/**
 * The rules of a subresource that reads and writes a part of its object, as {@code status} does.
 *
 * @param keep gives back what the path may not change; gets the new object and the old one
 * @param check says what is wrong with the change
 * @param ignored fields that the path cannot change, whatever is sent; nobody owns them by it
 */
public record PartRules<T extends ApiObject>(Keep<T> keep, Check<T> check, FieldSet ignored) {

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
}
