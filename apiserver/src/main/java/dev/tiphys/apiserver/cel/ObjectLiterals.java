package dev.tiphys.apiserver.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelMutableAst;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr.ExprKind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.common.ast.CelMutableExpr.CelMutableMap;
import dev.cel.common.ast.CelMutableExpr.CelMutableStruct;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The objects that policies make: {@code Object{spec: Object.spec{replicas: 3}}} and {@code
 * JSONPatch{op: "add", …}}. What fields there are is known only when the request comes, so each is
 * made a map of no declared type before the expression is checked. For one expression.
 */
final class ObjectLiterals {

  private static final String OBJECT = "Object";
  private static final String PATCH = "JSONPatch";
  private static final Set<String> PATCH_FIELDS = Set.of("op", "path", "from", "value");

  // Above the numbers that the parser gives to the parts of an expression.
  private long nextId = 1L << 40;

  private ObjectLiterals() {}

  /**
   * The parsed expression with maps in place of such objects.
   *
   * @throws IllegalArgumentException if a patch has a field that patches do not have
   */
  static CelAbstractSyntaxTree asMaps(CelAbstractSyntaxTree parsed) {
    CelMutableAst tree = CelMutableAst.fromCelAst(parsed);
    new ObjectLiterals().walk(tree.expr());
    return tree.toParsedAst();
  }

  private void walk(CelMutableExpr expr) {
    Subexpressions.forEach(expr, this::walk);
    if (expr.getKind() == ExprKind.Kind.STRUCT) {
      struct(expr);
    }
  }

  private void struct(CelMutableExpr expr) {
    CelMutableStruct struct = expr.struct();
    String name = struct.messageName();
    boolean patch = name.equals(PATCH);
    if (!patch && !name.equals(OBJECT) && !name.startsWith(OBJECT + ".")) {
      return;
    }
    List<CelMutableMap.Entry> entries = new ArrayList<>();
    for (CelMutableStruct.Entry entry : struct.entries()) {
      if (patch && !PATCH_FIELDS.contains(entry.fieldKey())) {
        throw new IllegalArgumentException(
            "compilation failed: undefined field '" + entry.fieldKey() + "'");
      }
      entries.add(
          CelMutableMap.Entry.create(
              nextId++,
              CelMutableExpr.ofConstant(
                  nextId++, CelConstant.ofValue(CelNames.unescape(entry.fieldKey()))),
              entry.value(),
              entry.optionalEntry()));
    }
    expr.setCall(
        CelMutableCall.create(
            "dyn", CelMutableExpr.ofMap(nextId++, CelMutableMap.create(entries))));
  }
}
