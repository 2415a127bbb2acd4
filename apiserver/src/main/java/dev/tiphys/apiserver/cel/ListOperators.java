package dev.tiphys.apiserver.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelMutableAst;
import dev.cel.common.ast.CelExpr.ExprKind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import dev.tiphys.api.schema.Field.ListKind;
import dev.tiphys.api.schema.TreeSchema;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code ==}, {@code !=} and {@code +} where lists may be sets or maps: an expression is given
 * functions in their place that know of these. For one expression.
 */
final class ListOperators {

  private static final TypeParamType T = TypeParamType.create("T");
  private static final String EQUAL = "kube.equal";
  private static final String PLUS = "kube.plus";
  private static final String NOT = "!_";

  private final CelAbstractSyntaxTree checked;
  // Above the numbers that the parser gives to the parts of an expression.
  private long nextId = 1L << 40;

  private ListOperators(CelAbstractSyntaxTree checked) {
    this.checked = checked;
  }

  static List<Function> functions() {
    return List.of(
        Function.global(
            EQUAL,
            "kube_equal",
            SimpleType.BOOL,
            arguments -> UnorderedList.equal(arguments[0], arguments[1]),
            List.of(T, T),
            Object.class,
            Object.class),
        Function.global(
            PLUS,
            "kube_plus",
            ListType.create(T),
            arguments -> plus((List<?>) arguments[0], (List<?>) arguments[1]),
            List.of(ListType.create(T), ListType.create(T)),
            List.class,
            List.class));
  }

  private static List<?> plus(List<?> one, List<?> other) {
    if (one instanceof UnorderedList list) {
      return list.plus(other);
    }
    List<Object> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }

  /** Whether a value has such lists within. */
  static boolean concern(TreeSchema schema) {
    if (schema == TreeSchema.ANYTHING) {
      return false;
    }
    TreeSchema items = schema.items();
    TreeSchema additional = schema.additional();
    return isUnordered(schema)
        || schema.properties().values().stream().anyMatch(ListOperators::concern)
        || (items != null && concern(items))
        || (additional != null && concern(additional));
  }

  static boolean isUnordered(TreeSchema schema) {
    return schema.listKind() == ListKind.SET || schema.listKind() == ListKind.MAP;
  }

  /** An expression that knows of such lists. */
  static CelAbstractSyntaxTree known(CelAbstractSyntaxTree parsed, CelAbstractSyntaxTree checked) {
    CelMutableAst tree = CelMutableAst.fromCelAst(parsed);
    new ListOperators(checked).walk(tree.expr());
    return tree.toParsedAst();
  }

  private void walk(CelMutableExpr expr) {
    Subexpressions.forEach(expr, this::walk);
    if (expr.getKind() == ExprKind.Kind.CALL) {
      replace(expr);
    }
  }

  private void replace(CelMutableExpr expr) {
    CelMutableCall call = expr.call();
    switch (call.function()) {
      case "_==_" -> expr.setCall(CelMutableCall.create(EQUAL, call.args()));
      case "_!=_" -> {
        CelMutableExpr equal =
            CelMutableExpr.ofCall(nextId++, CelMutableCall.create(EQUAL, call.args()));
        expr.setCall(CelMutableCall.create(NOT, equal));
      }
      case "_+_" -> {
        CelType type = checked.getType(expr.id()).orElse(SimpleType.DYN);
        if (type instanceof ListType && !gathers(call)) {
          expr.setCall(CelMutableCall.create(PLUS, call.args()));
        }
      }
      default -> {
        // Means the same for all lists.
      }
    }
  }

  /** Whether a loop adds to what it gathers, which is a plain list, and long. */
  private static boolean gathers(CelMutableCall call) {
    CelMutableExpr first = call.args().getFirst();
    return first.getKind() == ExprKind.Kind.IDENT
        && (first.ident().name().startsWith("@") || first.ident().name().startsWith("__"));
  }
}
