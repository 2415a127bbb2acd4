package dev.tiphys.apiserver.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.tiphys.api.apiextensions.v1.ValidationRule;
import dev.tiphys.api.schema.TreeSchema;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compiles the rules of one place of a schema. Not thread-safe; the outcome is. */
final class SchemaRules {

  private static final Pattern OLD_SELF = Pattern.compile("\\boldSelf\\b");

  /**
   * A rule, compiled.
   *
   * @param program says whether a value is right
   * @param message makes the message, or null
   * @param transition whether it looks at the value before an update
   */
  record Compiled(
      ValidationRule rule,
      Expression program,
      @Nullable Expression message,
      boolean transition,
      boolean optionalOldSelf) {}

  private final CelEnvironment environment;
  // Whether values of the place that is compiled for have lists without order.
  private boolean unordered;

  SchemaRules(CelEnvironment environment) {
    this.environment = environment;
  }

  /**
   * Compiles.
   *
   * @param root whether the place is the whole object
   * @param errors takes what is wrong with rules, at the places of their definitions
   */
  List<Compiled> compile(TreeSchema schema, boolean root, Path path, FieldErrors errors) {
    List<ValidationRule> rules = schema.source().xKubernetesValidations();
    unordered = ListOperators.concern(schema);
    CelTypes types = new CelTypes();
    CelType self = types.of(schema, "self", root);
    Map<Boolean, CelCompiler> compilers = new HashMap<>();
    List<Compiled> compiled = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      ValidationRule rule = rules.get(i);
      Path at = path.child("x-kubernetes-validations").index(i);
      boolean optional = Boolean.TRUE.equals(rule.optionalOldSelf());
      CelCompiler compiler =
          compilers.computeIfAbsent(
              optional,
              wrapped ->
                  environment.compiler(
                      types,
                      Map.of("self", self, "oldSelf", wrapped ? OptionalType.create(self) : self)));
      Compiled one = compile(compiler, rule, optional, at, errors);
      if (one != null) {
        compiled.add(one);
      }
    }
    return compiled;
  }

  private @Nullable Compiled compile(
      CelCompiler compiler, ValidationRule rule, boolean optional, Path at, FieldErrors errors) {
    String text = rule.rule() == null ? "" : rule.rule();
    if (text.isBlank()) {
      errors.required(at.child("rule"), "rule is not specified");
      return null;
    }
    boolean transition = OLD_SELF.matcher(text).find();
    if (optional && !transition) {
      errors.invalid(
          at.child("optionalOldSelf"), true, "may not be set if oldSelf is not used in rule");
    }
    Expression program = expression(compiler, text, at.child("rule"), SimpleType.BOOL, errors);
    String expression = rule.messageExpression();
    Expression message =
        expression == null
            ? null
            : expression(
                compiler, expression, at.child("messageExpression"), SimpleType.STRING, errors);
    return program == null ? null : new Compiled(rule, program, message, transition, optional);
  }

  private @Nullable Expression expression(
      CelCompiler compiler, String text, Path at, CelType result, FieldErrors errors) {
    try {
      return unordered
          ? environment.compileUnordered(compiler, text, result)
          : environment.compile(compiler, text, result);
    } catch (IllegalArgumentException e) {
      errors.invalid(at, text, String.valueOf(e.getMessage()));
      return null;
    }
  }
}
