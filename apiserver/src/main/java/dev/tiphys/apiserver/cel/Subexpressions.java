package dev.tiphys.apiserver.cel;

import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableComprehension;
import java.util.function.Consumer;

/** What an expression is made of. */
final class Subexpressions {

  private Subexpressions() {}

  /** Shows the expressions right below one, which may be changed meanwhile. */
  static void forEach(CelMutableExpr expr, Consumer<CelMutableExpr> visitor) {
    switch (expr.getKind()) {
      case SELECT -> visitor.accept(expr.select().operand());
      case CALL -> {
        expr.call().target().ifPresent(visitor);
        expr.call().args().forEach(visitor);
      }
      case LIST -> expr.list().elements().forEach(visitor);
      case MAP ->
          expr.map()
              .entries()
              .forEach(entry -> {
                visitor.accept(entry.key());
                visitor.accept(entry.value());
              });
      case STRUCT -> expr.struct().entries().forEach(entry -> visitor.accept(entry.value()));
      case COMPREHENSION -> {
        CelMutableComprehension loop = expr.comprehension();
        visitor.accept(loop.iterRange());
        visitor.accept(loop.accuInit());
        visitor.accept(loop.loopCondition());
        visitor.accept(loop.loopStep());
        visitor.accept(loop.result());
      }
      case NOT_SET, CONSTANT, IDENT -> {
        // Nothing within.
      }
    }
  }
}
