package dev.tiphys.apiserver.cel;

import dev.cel.common.values.NullValue;
import dev.tiphys.api.admission.v1.AdmissionRequest;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.schema.ApiObject;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What expressions see of a request in admission. For one thread. */
public final class AdmissionFacts {

  private final Map<String, Object> variables;
  private final Budget budget;

  private AdmissionFacts(Map<String, Object> variables, Budget budget) {
    this.variables = variables;
    this.budget = budget;
  }

  /**
   * Gathers.
   *
   * @param params of the policy, or null
   * @param namespace that the request is in, or null
   * @param authorizer asked about whoever makes the request
   */
  static AdmissionFacts of(
      AdmissionRequest request,
      @Nullable ApiObject params,
      @Nullable Namespace namespace,
      AuthorizerFunctions.Asked authorizer) {
    JsonTree.Obj whole = (JsonTree.Obj) JsonCodec.toTree(request);
    Map<String, JsonTree> asked = new LinkedHashMap<>(whole.members());
    JsonTree object = asked.remove("object");
    JsonTree old = asked.remove("oldObject");
    JsonTree options = asked.get("options");
    if (options instanceof JsonTree.Null) {
      asked.remove("options");
    }
    Map<String, Object> variables = new HashMap<>();
    variables.put("object", value(object));
    variables.put("oldObject", value(old));
    variables.put("request", CelValues.of(null, new JsonTree.Obj(asked)));
    variables.put("params", value(params == null ? null : JsonCodec.toTree(params)));
    variables.put("namespaceObject", value(namespace == null ? null : JsonCodec.toTree(namespace)));
    variables.put("variables", Map.of());
    variables.put("authorizer", authorizer);
    variables.put("authorizer.requestResource", authorizer.about(request));
    return new AdmissionFacts(variables, new Budget());
  }

  private static Object value(@Nullable JsonTree tree) {
    return tree == null ? NullValue.NULL_VALUE : CelValues.of(null, tree);
  }

  /** The same with the composed variables of a policy. */
  AdmissionFacts with(Map<String, Object> composed) {
    Map<String, Object> all = new HashMap<>(variables);
    all.put("variables", composed);
    return new AdmissionFacts(all, budget);
  }

  Map<String, Object> variables() {
    return variables;
  }

  Budget budget() {
    return budget;
  }
}
