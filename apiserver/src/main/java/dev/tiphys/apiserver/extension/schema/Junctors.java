package dev.tiphys.apiserver.extension.schema;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.TreeSchema;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.QuotedText;
import java.util.List;

/**
 * {@code allOf}, {@code anyOf}, {@code oneOf} and {@code not}. Of alternatives that all fail, the
 * one with the fewest errors is told.
 */
final class Junctors {

  private final ValueRules rules;

  Junctors(ValueRules rules) {
    this.rules = rules;
  }

  void check(TreeSchema schema, JsonTree value, Path path, FieldErrors errors) {
    String name = QuotedText.of(ValueRules.at(path));
    if (!schema.anyOf().isEmpty()) {
      FieldErrors best = best(schema.anyOf(), value, path);
      if (!best.isEmpty()) {
        best.list().forEach(errors::add);
        fail(errors, name + " must validate at least one schema (anyOf)");
      }
    }
    if (!schema.oneOf().isEmpty()) {
      oneOf(schema.oneOf(), value, path, name, errors);
    }
    if (!schema.allOf().isEmpty()) {
      int valid = 0;
      for (TreeSchema one : schema.allOf()) {
        FieldErrors found = errorsOf(one, value, path);
        found.list().forEach(errors::add);
        valid += found.isEmpty() ? 1 : 0;
      }
      if (valid < schema.allOf().size()) {
        String none = valid == 0 ? ". None validated" : "";
        fail(errors, name + " must validate all the schemas (allOf)" + none);
      }
    }
    TreeSchema not = schema.not();
    if (not != null && errorsOf(not, value, path).isEmpty()) {
      fail(errors, name + " must not validate the schema (not)");
    }
  }

  private void oneOf(
      List<TreeSchema> schemas, JsonTree value, Path path, String name, FieldErrors errors) {
    long valid = schemas.stream().filter(one -> errorsOf(one, value, path).isEmpty()).count();
    if (valid == 1) {
      return;
    }
    if (valid == 0) {
      best(schemas, value, path).list().forEach(errors::add);
    }
    fail(
        errors,
        name
            + " must validate one and only one schema (oneOf). "
            + (valid == 0 ? "Found none valid" : "Found " + valid + " valid alternatives"));
  }

  /** Upstream cannot tell the path of these. */
  private static void fail(FieldErrors errors, String what) {
    errors.invalid(Path.ROOT, "", what);
  }

  private FieldErrors best(List<TreeSchema> schemas, JsonTree value, Path path) {
    FieldErrors best = errorsOf(schemas.getFirst(), value, path);
    for (TreeSchema one : schemas.subList(1, schemas.size())) {
      FieldErrors found = errorsOf(one, value, path);
      best = found.list().size() < best.list().size() ? found : best;
    }
    return best;
  }

  private FieldErrors errorsOf(TreeSchema schema, JsonTree value, Path path) {
    FieldErrors found = new FieldErrors();
    // Nested schemas say nothing of nullability: null fits unless a type is asked for.
    rules.check(schema, value, null, path, found);
    return found;
  }
}
