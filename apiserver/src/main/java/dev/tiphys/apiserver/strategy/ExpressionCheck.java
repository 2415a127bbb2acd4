package dev.tiphys.apiserver.strategy;

import org.jspecify.annotations.Nullable;

/** Says what is wrong with CEL expressions that are about to be stored. Thread-safe. */
@FunctionalInterface
public interface ExpressionCheck {

  /** For who has no compiler: finds nothing wrong. */
  ExpressionCheck NONE = (_, _, _) -> null;

  /** What an expression is for, which says what it may name and must give. */
  enum Use {
    /** A truth about a request, without parameters: of match conditions of webhooks. */
    MATCH,
    /** A truth about a request, its parameters and variables. */
    POLICY,
    /** A text about the same. */
    MESSAGE,
    /** A text or null about the same. */
    ANNOTATION,
    /** An object to be applied, or a list of patch operations. */
    MUTATION,
    /** A variable of a policy. */
    VARIABLE,
    /** A truth about a device. */
    DEVICE
  }

  /**
   * What is wrong, or null.
   *
   * @param parameters whether there are any that the expression may name
   */
  @Nullable String fault(String text, Use use, boolean parameters);
}
