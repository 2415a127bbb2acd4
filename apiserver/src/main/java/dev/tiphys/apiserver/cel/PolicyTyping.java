package dev.tiphys.apiserver.cel;

import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.tiphys.api.admissionregistration.v1.Variable;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.schema.StructType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Expressions of policies over objects of a known type. What does not fit is no error, for a policy
 * may be about many kinds, but its author is told. Thread-safe.
 */
public final class PolicyTyping {

  private final Supplier<CelEnvironment> environment;

  PolicyTyping(Supplier<CelEnvironment> environment) {
    this.environment = environment;
  }

  /** Judges the expressions of one policy over one type. For one thread. */
  public final class Checker {

    private final CelCompiler compiler;

    private Checker(CelCompiler compiler) {
      this.compiler = compiler;
    }

    /** What does not fit, with the place in the text; null if all does. */
    public @Nullable String fault(String text) {
      try {
        var _ = compiler.compile(text).getAst();
        return null;
      } catch (CelValidationException e) {
        return e.getMessage();
      }
    }
  }

  /**
   * Prepares.
   *
   * @param object the type of objects
   * @param params the type of parameters, or null if there are none or it is not known
   */
  public Checker checker(
      StructType<?> object, @Nullable StructType<?> params, List<Variable> variables) {
    CelTypes types = new CelTypes();
    Map<String, CelType> known = new HashMap<>(AuthorizerFunctions.VARIABLES);
    known.put("object", types.resource(object));
    known.put("oldObject", types.resource(object));
    known.put("namespaceObject", types.resource(Namespace.TYPE));
    known.put("request", types.request());
    if (params != null) {
      known.put("params", types.resource(params));
    }
    Map<String, CelType> composed = new LinkedHashMap<>();
    for (Variable variable : variables) {
      // One may name those before it.
      known.put("variables", types.struct("kubernetes.variables." + composed.size(), composed));
      composed.put(
          String.valueOf(variable.name()),
          type(environment.get().compiler(types, known), variable.expression()));
    }
    known.put("variables", types.struct("kubernetes.variables", composed));
    return new Checker(environment.get().compiler(types, known));
  }

  private static CelType type(CelCompiler compiler, @Nullable String text) {
    try {
      return compiler.compile(text == null ? "" : text).getAst().getResultType();
    } catch (CelValidationException _) {
      return SimpleType.DYN;
    }
  }
}
