package dev.tiphys.apiserver.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Compiles expressions and makes programs of them, with the libraries that Kubernetes has. Heavy:
 * made when the first expression comes. Thread-safe.
 */
final class CelEnvironment {

  private static final Function PATCH_KEYS =
      Function.global(
          "jsonpatch.escapeKey",
          "kube_jsonpatch_escape_key",
          SimpleType.STRING,
          arguments -> ((String) arguments[0]).replace("~", "~0").replace("/", "~1"),
          List.of(SimpleType.STRING),
          String.class);

  private final CelOptions options =
      CelOptions.current()
          .enableHeterogeneousNumericComparisons(true)
          .comprehensionMaxIterations(Limits.ITERATIONS)
          .build();
  private final List<Function> functions = new ArrayList<>();
  private final CelRuntime runtime;

  CelEnvironment() {
    functions.addAll(ListFunctions.all());
    functions.addAll(TextFunctions.all());
    functions.addAll(UrlFunctions.all());
    functions.addAll(QuantityFunctions.all());
    functions.addAll(AddressFunctions.all());
    functions.addAll(SemverFunctions.all());
    functions.addAll(AuthorizerFunctions.all());
    functions.addAll(ListOperators.functions());
    functions.add(PATCH_KEYS);
    this.runtime =
        CelRuntimeFactory.standardCelRuntimeBuilder()
            .setOptions(options)
            .addLibraries(
                CelExtensions.strings(),
                CelExtensions.optional(),
                CelExtensions.sets(options),
                CelExtensions.comprehensions())
            .addFunctionBindings(functions.stream().map(Function::binding).toList())
            .build();
  }

  /** A compiler for expressions over some variables. */
  CelCompiler compiler(CelTypeProvider types, Map<String, CelType> variables) {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(options)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .setTypeProvider(types)
            .addLibraries(
                CelExtensions.strings(),
                CelExtensions.optional(),
                CelExtensions.sets(options),
                CelExtensions.comprehensions(),
                CelExtensions.bindings())
            .addFunctionDeclarations(Function.declarations(functions));
    variables.forEach(builder::addVar);
    return builder.build();
  }

  /**
   * A program of an expression.
   *
   * @throws IllegalArgumentException if it cannot be compiled or gives another type
   */
  Expression compile(CelCompiler compiler, String text, CelType... results) {
    return compile(compiler, text, UnaryOperator.identity(), results);
  }

  /**
   * The same of an expression that is changed between being read and being checked.
   *
   * @throws IllegalArgumentException if it cannot be compiled or gives another type
   */
  Expression compile(
      CelCompiler compiler,
      String text,
      UnaryOperator<CelAbstractSyntaxTree> change,
      CelType... results) {
    try {
      CelAbstractSyntaxTree parsed = change.apply(compiler.parse(text).getAst());
      return program(compiler.check(parsed).getAst(), text, results);
    } catch (CelValidationException e) {
      throw new IllegalArgumentException("compilation failed: " + e.getMessage(), e);
    }
  }

  /**
   * A program of an expression over lists whose order may count for nothing.
   *
   * @throws IllegalArgumentException if it cannot be compiled or gives another type
   */
  Expression compileUnordered(CelCompiler compiler, String text, CelType... results) {
    try {
      CelAbstractSyntaxTree parsed = compiler.parse(text).getAst();
      CelAbstractSyntaxTree checked = compiler.check(parsed).getAst();
      CelAbstractSyntaxTree known = ListOperators.known(parsed, checked);
      return program(compiler.check(known).getAst(), text, results);
    } catch (CelValidationException e) {
      throw new IllegalArgumentException("compilation failed: " + e.getMessage(), e);
    }
  }

  private Expression program(CelAbstractSyntaxTree tree, String text, CelType... results) {
    try {
      CelType found = tree.getResultType();
      boolean fits = results.length == 0;
      for (CelType wanted : results) {
        fits |= wanted.isAssignableFrom(found);
      }
      if (!fits) {
        throw new IllegalArgumentException("must evaluate to " + results[0].name());
      }
      return new Expression(text, runtime.createProgram(tree));
    } catch (CelEvaluationException e) {
      throw new IllegalArgumentException("program instantiation failed: " + e.getMessage(), e);
    }
  }
}
