package dev.tiphys.apiserver.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.tiphys.api.admission.v1.AdmissionRequest;
import dev.tiphys.api.admissionregistration.v1.MatchCondition;
import dev.tiphys.api.admissionregistration.v1.Variable;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.authz.Authorizer;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Expressions of admission: match conditions of webhooks, and all that policies say. Objects are of
 * no declared type here, for a policy may be about any kind. Programs are kept by their text.
 * Thread-safe; nothing of CEL is loaded before the first expression.
 */
public final class AdmissionCel {

  /** An expression that could not be judged. */
  public static final class FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    FailedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** What an expression must give. */
  public enum Result {
    /** A truth value. */
    BOOL,
    /** A text. */
    TEXT,
    /** A text or null. */
    TEXT_OR_NULL,
    /** An object of admission's own making, or a list of patch operations. */
    MUTATION,
    /** Anything. */
    ANY
  }

  private static final int MOST_KEPT = 4096;

  private record Key(String text, Result result) {}

  private final Supplier<CelEnvironment> environment;
  private final Supplier<Authorizer> authorizer;
  private final ConcurrentMap<Key, Expression> kept = new ConcurrentHashMap<>();
  private final ConcurrentMap<Names, CelCompiler> compilers = new ConcurrentHashMap<>();

  AdmissionCel(Supplier<CelEnvironment> environment, Supplier<Authorizer> authorizer) {
    this.environment = environment;
    this.authorizer = authorizer;
  }

  /**
   * What expressions see of a request.
   *
   * @param params of the policy, or null
   * @param namespace that the request is in, or null
   */
  public AdmissionFacts facts(
      User user,
      AdmissionRequest request,
      @Nullable ApiObject params,
      @Nullable Namespace namespace) {
    return AdmissionFacts.of(
        request, params, namespace, new AuthorizerFunctions.Asked(authorizer.get(), user));
  }

  /** What an expression may name. */
  private record Names(boolean parameters, boolean authorizer) {

    /** Messages are made for whoever was refused, not judged by what else they may do. */
    static Names of(Result result, boolean parameters) {
      return new Names(parameters, result != Result.TEXT);
    }
  }

  private CelCompiler compiler(Names names) {
    return compilers.computeIfAbsent(names, this::newCompiler);
  }

  private CelCompiler newCompiler(Names names) {
    CelTypes types = new CelTypes();
    Map<String, CelType> variables = new HashMap<>();
    for (String name : List.of("object", "oldObject", "namespaceObject")) {
      variables.put(name, SimpleType.DYN);
    }
    variables.put("request", types.request());
    if (names.parameters()) {
      variables.put("params", SimpleType.DYN);
    }
    if (names.authorizer()) {
      variables.putAll(AuthorizerFunctions.VARIABLES);
    }
    variables.put("variables", MapType.create(SimpleType.STRING, SimpleType.DYN));
    return environment.get().compiler(types, variables);
  }

  private Expression compile(CelCompiler with, String text, Result result) {
    return result == Result.MUTATION || result == Result.ANY
        ? environment.get().compile(with, text, ObjectLiterals::asMaps, types(result))
        : environment.get().compile(with, text, types(result));
  }

  private Expression expression(String text, Result result) throws FailedException {
    Key key = new Key(text, result);
    Expression known = kept.get(key);
    if (known != null) {
      return known;
    }
    try {
      Expression compiled = compile(compiler(Names.of(result, true)), text, result);
      if (kept.size() >= MOST_KEPT) {
        kept.clear();
      }
      kept.put(key, compiled);
      return compiled;
    } catch (IllegalArgumentException e) {
      throw new FailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private static CelType[] types(Result result) {
    return switch (result) {
      case BOOL -> new CelType[] {SimpleType.BOOL};
      case TEXT -> new CelType[] {SimpleType.STRING};
      case TEXT_OR_NULL -> new CelType[] {SimpleType.STRING, SimpleType.NULL_TYPE};
      case MUTATION, ANY -> new CelType[0];
    };
  }

  /**
   * What is wrong with an expression, or null.
   *
   * @param result that it must give
   */
  public @Nullable String fault(String text, Result result) {
    try {
      expression(text, result);
      return null;
    } catch (FailedException e) {
      return e.getMessage();
    }
  }

  /**
   * What is wrong with an expression that is about to be stored, or null.
   *
   * @param parameters whether there are any that it may name
   */
  public @Nullable String fault(String text, Result result, boolean parameters) {
    if (parameters) {
      return fault(text, result);
    }
    try {
      compile(compiler(Names.of(result, false)), text, result);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /**
   * Evaluates.
   *
   * @throws FailedException if that cannot be done
   */
  public Object evaluate(String text, Result result, AdmissionFacts facts) throws FailedException {
    Expression expression = expression(text, result);
    try {
      return expression.evaluate(facts.variables(), facts.budget());
    } catch (EvaluationException e) {
      throw new FailedException(e.text(), e);
    }
  }

  /**
   * What an expression gives, as JSON.
   *
   * @throws FailedException if that cannot be done, or what it gives has no JSON
   */
  public JsonTree mutation(String text, AdmissionFacts facts) throws FailedException {
    try {
      return CelTrees.of(evaluate(text, Result.MUTATION, facts));
    } catch (IllegalArgumentException e) {
      throw new FailedException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Whether an expression gives true. */
  public boolean isTrue(String text, AdmissionFacts facts) throws FailedException {
    return Boolean.TRUE.equals(evaluate(text, Result.BOOL, facts));
  }

  /**
   * Whether all conditions hold. One that does not outweighs those that cannot be judged.
   *
   * @throws FailedException if that cannot be told
   */
  public boolean conditionsHold(List<MatchCondition> conditions, AdmissionFacts facts)
      throws FailedException {
    List<String> failures = new ArrayList<>();
    for (MatchCondition condition : conditions) {
      try {
        if (!isTrue(String.valueOf(condition.expression()), facts)) {
          return false;
        }
      } catch (FailedException e) {
        failures.add("match condition \"" + condition.name() + "\" failed: " + e.getMessage());
      }
    }
    if (!failures.isEmpty()) {
      throw new FailedException(String.join(", ", failures), null);
    }
    return true;
  }

  /** The facts with the variables of a policy, each computed when it is first asked for. */
  public AdmissionFacts compose(List<Variable> variables, AdmissionFacts facts) {
    return variables.isEmpty() ? facts : new Composed(variables, facts).facts;
  }

  /** A map whose values come when they are asked for. */
  private final class Composed extends AbstractMap<String, Object> {

    private final Map<String, Variable> named = new LinkedHashMap<>();
    private final Map<String, Object> computed = new HashMap<>();
    private final AdmissionFacts facts;

    Composed(List<Variable> variables, AdmissionFacts plain) {
      variables.forEach(variable -> named.put(String.valueOf(variable.name()), variable));
      this.facts = plain.with(this);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
      return named.containsKey(key);
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
      Variable variable = named.get(key);
      if (variable == null) {
        return null;
      }
      Object known = computed.get(key);
      if (known == null) {
        try {
          known = evaluate(String.valueOf(variable.expression()), Result.ANY, facts);
          computed.put(String.valueOf(key), known);
        } catch (FailedException e) {
          throw new IllegalArgumentException(
              "composited variable \"" + key + "\" fails to evaluate: " + e.getMessage(), e);
        }
      }
      return known;
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
      Map<String, Object> all = new LinkedHashMap<>();
      for (String name : named.keySet()) {
        Object value = get(name);
        if (value != null) {
          all.put(name, value);
        }
      }
      return all.entrySet();
    }
  }
}
