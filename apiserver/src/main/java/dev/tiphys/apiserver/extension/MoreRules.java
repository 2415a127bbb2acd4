package dev.tiphys.apiserver.extension;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.validation.FieldErrors;
import org.jspecify.annotations.Nullable;

/** Rules of a custom resource beyond its schema's keywords. Thread-safe. */
@FunctionalInterface
public interface MoreRules {

  /** No rules. */
  MoreRules NONE = (_, _, _) -> {};

  /**
   * Says what is wrong.
   *
   * @param old null on create
   */
  void check(JsonTree.Obj object, JsonTree.@Nullable Obj old, FieldErrors errors);
}
