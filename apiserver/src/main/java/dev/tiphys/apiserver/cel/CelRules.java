package dev.tiphys.apiserver.cel;

import dev.tiphys.api.apiextensions.v1.JSONSchemaProps;
import dev.tiphys.api.apiextensions.v1.ValidationRule;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.Field.ListKind;
import dev.tiphys.api.schema.TreeSchema;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.cel.SchemaRules.Compiled;
import dev.tiphys.apiserver.extension.MoreRules;
import dev.tiphys.apiserver.extension.schema.JsonPathQuery;
import dev.tiphys.apiserver.extension.schema.ValueRules;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules in CEL ({@code x-kubernetes-validations}) of a custom resource's schema, compiled when
 * the first object is judged. What an update leaves as it was is not judged again, but by rules
 * that look at the old value. Immutable and thread-safe.
 */
final class CelRules implements MoreRules {

  private final Map<TreeSchema, List<Compiled>> compiled = new IdentityHashMap<>();
  private final TreeSchema root;

  private CelRules(TreeSchema root) {
    this.root = root;
  }

  /**
   * Compiles all rules of a schema.
   *
   * @param path where the schema stands in its definition
   * @param errors takes what is wrong with them; a rule that cannot be compiled is left out
   */
  static CelRules compileAll(
      CelEnvironment environment, TreeSchema root, Path path, FieldErrors errors) {
    CelRules rules = new CelRules(root);
    rules.compile(new SchemaRules(environment), root, true, path, errors);
    return rules;
  }

  private void compile(
      SchemaRules rules, TreeSchema schema, boolean isRoot, Path path, FieldErrors errors) {
    if (schema == TreeSchema.ANYTHING) {
      return;
    }
    if (!schema.source().xKubernetesValidations().isEmpty()) {
      compiled.put(schema, rules.compile(schema, isRoot, path, errors));
    }
    schema
        .properties()
        .forEach((name, property) ->
            compile(rules, property, false, path.child("properties").key(name), errors));
    TreeSchema items = schema.items();
    if (items != null) {
      compile(rules, items, false, path.child("items"), errors);
    }
    TreeSchema additional = schema.additional();
    if (additional != null) {
      compile(rules, additional, false, path.child("additionalProperties"), errors);
    }
  }

  /** Whether a schema has any rule, without touching CEL. */
  static boolean any(TreeSchema schema) {
    JSONSchemaProps source = schema.source();
    if (schema == TreeSchema.ANYTHING) {
      return false;
    }
    TreeSchema items = schema.items();
    TreeSchema additional = schema.additional();
    return !source.xKubernetesValidations().isEmpty()
        || schema.properties().values().stream().anyMatch(CelRules::any)
        || (items != null && any(items))
        || (additional != null && any(additional));
  }

  @Override
  public void check(JsonTree.Obj object, JsonTree.@Nullable Obj old, FieldErrors errors) {
    new Walk(new Budget(), errors).value(root, object, old, Path.ROOT);
  }

  /** One object being judged. */
  private final class Walk {

    private final Budget budget;
    private final FieldErrors errors;
    private boolean over;

    Walk(Budget budget, FieldErrors errors) {
      this.budget = budget;
      this.errors = errors;
    }

    void value(TreeSchema schema, JsonTree value, @Nullable JsonTree old, Path path) {
      List<Compiled> rules = compiled.get(schema);
      if (rules != null && !(value instanceof JsonTree.Null)) {
        rules(schema, rules, value, old, path);
      }
      switch (value) {
        case JsonTree.Obj(Map<String, JsonTree> members) -> {
          JsonTree.Obj before = old instanceof JsonTree.Obj known ? known : null;
          members.forEach((name, member) -> {
            TreeSchema of = schema.member(name);
            if (of != null && of != TreeSchema.ANYTHING) {
              boolean entry = !schema.properties().containsKey(name);
              value(
                  of,
                  member,
                  before == null ? null : before.get(name),
                  entry ? path.key(name) : path.child(name));
            }
          });
        }
        case JsonTree.Arr(List<JsonTree> elements) -> elements(schema, elements, old, path);
        default -> {}
      }
    }

    private void elements(
        TreeSchema schema, List<JsonTree> elements, @Nullable JsonTree old, Path path) {
      TreeSchema items = schema.items();
      if (items == null) {
        return;
      }
      Map<JsonTree, JsonTree> before = new HashMap<>();
      if (old instanceof JsonTree.Arr known && schema.listKind() == ListKind.MAP) {
        known.elements().forEach(one -> before.putIfAbsent(ValueRules.keyOf(schema, one), one));
      }
      for (int i = 0; i < elements.size(); i++) {
        JsonTree element = elements.get(i);
        value(items, element, before.get(ValueRules.keyOf(schema, element)), path.index(i));
      }
    }

    private void rules(
        TreeSchema schema,
        List<Compiled> rules,
        JsonTree value,
        @Nullable JsonTree old,
        Path path) {
      Map<String, Object> variables = new LinkedHashMap<>();
      Object oldSelf = null;
      boolean unchanged = value.equals(old);
      for (Compiled rule : rules) {
        boolean skipped = rule.transition() ? old == null && !rule.optionalOldSelf() : unchanged;
        if (over || skipped) {
          continue;
        }
        try {
          variables.computeIfAbsent("self", _ -> CelValues.of(schema, value));
          if (rule.transition()) {
            oldSelf = oldSelf == null && old != null ? CelValues.of(schema, old) : oldSelf;
            variables.put(
                "oldSelf",
                rule.optionalOldSelf() ? Optional.ofNullable(oldSelf) : required(oldSelf));
          }
          if (!Boolean.TRUE.equals(rule.program().evaluate(variables, budget))) {
            failed(rule, variables, value, path);
          }
        } catch (EvaluationException e) {
          over = e.isTooCostly();
          errors.add(
              invalid(
                  path,
                  value,
                  over ? e.text() : e.text() + " evaluating rule: " + messageOf(rule)));
        } catch (IllegalArgumentException e) {
          errors.invalid(path, ValueRules.shown(value), String.valueOf(e.getMessage()));
          return;
        }
      }
    }

    private void failed(Compiled rule, Map<String, Object> variables, JsonTree value, Path path) {
      ValidationRule source = rule.rule();
      Path at = path;
      String below = source.fieldPath();
      if (below != null && !below.isEmpty()) {
        List<String> names = JsonPathQuery.parse(below).fields();
        for (String name : names == null ? List.<String>of() : names) {
          at = at.child(name);
        }
      }
      String message = messageOf(rule);
      Expression expression = rule.message();
      if (expression != null) {
        try {
          String made = String.valueOf(expression.evaluate(variables, budget)).strip();
          message = made.isEmpty() || made.contains("\n") ? message : made;
        } catch (EvaluationException e) {
          // As upstream: the rule has failed, and is told in other words.
          over = e.isTooCostly();
        }
      }
      String reason = source.reason();
      switch (reason) {
        case "FieldValueForbidden" -> errors.forbidden(at, message);
        case "FieldValueRequired" -> errors.required(at, message);
        case "FieldValueDuplicate" -> errors.duplicate(at, ValueRules.shown(value));
        case null, default -> errors.add(invalid(at, value, message));
      }
    }
  }

  private static Object required(@Nullable Object oldSelf) {
    if (oldSelf == null) {
      throw new IllegalArgumentException("no old value");
    }
    return oldSelf;
  }

  /** Whole objects and lists are not shown. */
  private static FieldError invalid(Path path, JsonTree value, String message) {
    boolean scalar = !(value instanceof JsonTree.Obj) && !(value instanceof JsonTree.Arr);
    return FieldError.invalid(path, scalar ? ValueRules.shown(value) : FieldError.OMITTED, message);
  }

  private static String messageOf(Compiled rule) {
    String message = rule.rule().message();
    return message == null || message.isBlank()
        ? "failed rule: " + String.valueOf(rule.rule().rule()).strip()
        : message.strip();
  }
}
