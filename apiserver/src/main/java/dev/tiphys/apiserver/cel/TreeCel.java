package dev.tiphys.apiserver.cel;

import dev.cel.common.CelMutableAst;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.navigation.CelNavigableMutableAst;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.tiphys.api.codec.JsonTree;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Expressions over one JSON tree, as configuration files of the server have them: what a token
 * claims, whom it makes, what a request is about. Thread-safe.
 */
public final class TreeCel {

  /** An expression that cannot be compiled, or could not be evaluated. */
  public static final class FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    FailedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** A compiled expression. Thread-safe. */
  public final class Compiled {

    private final Expression expression;
    private final Set<String> selected;

    private Compiled(Expression expression, Set<String> selected) {
      this.expression = expression;
      this.selected = selected;
    }

    /** Whether it selects a member of the tree by a name that stands in it. */
    public boolean selects(String member) {
      return selected.contains(member);
    }

    /** As it was written. */
    public String text() {
      return expression.text();
    }

    /**
     * Evaluates.
     *
     * @throws FailedException if that cannot be done, or what it gives has no JSON
     */
    public JsonTree evaluate(JsonTree.Obj tree) throws FailedException {
      try {
        return CelTrees.of(
            expression.evaluate(Map.of(variable, CelValues.of(null, tree)), new Budget()));
      } catch (EvaluationException e) {
        throw new FailedException(e.text(), e);
      } catch (IllegalArgumentException e) {
        throw new FailedException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private final Supplier<CelEnvironment> environment;
  private final String variable;
  private final Function<CelTypes, CelType> type;
  private volatile @Nullable CelCompiler compiler;

  private TreeCel(
      Supplier<CelEnvironment> environment, String variable, Function<CelTypes, CelType> type) {
    this.environment = environment;
    this.variable = variable;
    this.type = type;
  }

  static TreeCel claims(Supplier<CelEnvironment> environment) {
    return new TreeCel(
        environment, "claims", _ -> MapType.create(SimpleType.STRING, SimpleType.DYN));
  }

  static TreeCel user(Supplier<CelEnvironment> environment) {
    return new TreeCel(
        environment,
        "user",
        types ->
            types.struct(
                "kubernetes.UserInfo",
                Map.of(
                    "username",
                    SimpleType.STRING,
                    "uid",
                    SimpleType.STRING,
                    "groups",
                    ListType.create(SimpleType.STRING),
                    "extra",
                    MapType.create(SimpleType.STRING, ListType.create(SimpleType.STRING)))));
  }

  static TreeCel accessReview(Supplier<CelEnvironment> environment) {
    return new TreeCel(environment, "request", TreeCel::reviewSpec);
  }

  private static CelType reviewSpec(CelTypes types) {
    CelType requirement =
        types.struct(
            "kubernetes.SelectorRequirement",
            Map.of(
                "key",
                SimpleType.STRING,
                "operator",
                SimpleType.STRING,
                "values",
                ListType.create(SimpleType.STRING)));
    CelType selector =
        types.struct(
            "kubernetes.SelectorAttributes",
            Map.of("rawSelector", SimpleType.STRING, "requirements", ListType.create(requirement)));
    CelType resource =
        types.struct(
            "kubernetes.ResourceAttributes",
            Map.of(
                "namespace",
                SimpleType.STRING,
                "verb",
                SimpleType.STRING,
                "group",
                SimpleType.STRING,
                "version",
                SimpleType.STRING,
                "resource",
                SimpleType.STRING,
                "subresource",
                SimpleType.STRING,
                "name",
                SimpleType.STRING,
                "fieldSelector",
                selector,
                "labelSelector",
                selector));
    CelType path =
        types.struct(
            "kubernetes.NonResourceAttributes",
            Map.of("path", SimpleType.STRING, "verb", SimpleType.STRING));
    return types.struct(
        "kubernetes.SubjectAccessReviewSpec",
        Map.of(
            "resourceAttributes",
            resource,
            "nonResourceAttributes",
            path,
            "user",
            SimpleType.STRING,
            "groups",
            ListType.create(SimpleType.STRING),
            "extra",
            MapType.create(SimpleType.STRING, ListType.create(SimpleType.STRING)),
            "uid",
            SimpleType.STRING));
  }

  private CelCompiler compiler() {
    CelCompiler known = compiler;
    if (known == null) {
      CelTypes types = new CelTypes();
      known = environment.get().compiler(types, Map.of(variable, type.apply(types)));
      compiler = known;
    }
    return known;
  }

  /**
   * Compiles an expression that gives anything.
   *
   * @throws FailedException if that cannot be done
   */
  public Compiled value(String text) throws FailedException {
    return compile(text);
  }

  /**
   * Compiles an expression that gives a truth value.
   *
   * @throws FailedException if that cannot be done, or it gives something else
   */
  public Compiled condition(String text) throws FailedException {
    return compile(text, SimpleType.BOOL);
  }

  /**
   * Compiles an expression that gives a text.
   *
   * @throws FailedException if that cannot be done, or it gives something else
   */
  public Compiled text(String text) throws FailedException {
    return compile(text, SimpleType.STRING);
  }

  private Compiled compile(String text, CelType... results) throws FailedException {
    Set<String> selected = new HashSet<>();
    try {
      return new Compiled(
          environment
              .get()
              .compile(
                  compiler(),
                  text,
                  parsed -> {
                    CelNavigableMutableAst.fromAst(CelMutableAst.fromCelAst(parsed))
                        .getRoot()
                        .allNodes()
                        .forEach(node -> note(node.expr(), selected));
                    return parsed;
                  },
                  results),
          Set.copyOf(selected));
    } catch (IllegalArgumentException e) {
      throw new FailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private void note(CelMutableExpr expr, Set<String> selected) {
    switch (expr.getKind()) {
      case SELECT -> {
        if (isVariable(expr.select().operand())) {
          selected.add(expr.select().field());
        }
      }
      case CALL -> {
        // As claims.?email is parsed.
        if (expr.call().function().equals("_?._")
            && isVariable(expr.call().args().getFirst())
            && expr.call().args().getLast().getKind() == Kind.CONSTANT) {
          selected.add(expr.call().args().getLast().constant().stringValue());
        }
      }
      default -> {
        // Other parts are visited on their own.
      }
    }
  }

  private boolean isVariable(CelMutableExpr expr) {
    return expr.getKind() == Kind.IDENT && expr.ident().name().equals(variable);
  }
}
