package dev.tiphys.apiserver.extension;

import dev.tiphys.api.apiextensions.v1.SelectableField;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.CustomObject;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.TreeSchema;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.extension.schema.JsonPathQuery;
import dev.tiphys.apiserver.extension.schema.ValueRules;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.StatusPart;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of one version of a custom resource, as its definition states them. */
final class CustomStrategy implements Strategy<CustomObject> {

  private final Shape.Version version;
  private final TreeSchema schema;
  private final MoreRules more;
  private final boolean terminating;
  private final ValueRules values = new ValueRules();
  private final Map<String, JsonPathQuery> selectable = new LinkedHashMap<>();

  CustomStrategy(Shape.Version version, MoreRules more, boolean terminating) {
    this.version = version;
    this.schema = Objects.requireNonNull(version.object().schema());
    this.more = more;
    this.terminating = terminating;
    for (SelectableField field : version.definition().selectableFields()) {
      String path = String.valueOf(field.jsonPath());
      selectable.put(path.startsWith(".") ? path.substring(1) : path, JsonPathQuery.parse(path));
    }
  }

  @Override
  public CustomObject prepareForCreate(CustomObject object) {
    if (terminating) {
      throw ApiException.methodNotAllowed(
          "create not allowed while custom resource definition is terminating");
    }
    return version.hasStatus() ? StatusPart.clear(object) : object;
  }

  @Override
  public CustomObject prepareForUpdate(CustomObject object, CustomObject old) {
    return version.hasStatus() ? StatusPart.copy(old, object) : object;
  }

  @Override
  public CustomObject prepareForStatusUpdate(CustomObject object, CustomObject old) {
    ObjectMeta metadata =
        old.metadata().toBuilder().managedFields(object.metadata().managedFields()).build();
    return StatusPart.copy(object, old.withMetadata(metadata));
  }

  @Override
  public boolean keepsStatusApart() {
    return version.hasStatus();
  }

  @Override
  public boolean countsGenerations(CustomObject object) {
    return true;
  }

  @Override
  public boolean changesGeneration(CustomObject object, CustomObject old) {
    for (Field field : object.structType().fields()) {
      boolean counts =
          field.index() != 0 && !(version.hasStatus() && field.name().equals("status"));
      if (counts && !Objects.equals(object.get(field.index()), old.get(field.index()))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void validate(CustomObject object, FieldErrors errors) {
    check(object, null, errors);
  }

  @Override
  public void validateUpdate(CustomObject object, CustomObject old, FieldErrors errors) {
    check(object, old, errors);
  }

  @Override
  public void validateStatusUpdate(CustomObject object, CustomObject old, FieldErrors errors) {
    check(object, old, errors);
  }

  private void check(CustomObject object, @Nullable CustomObject old, FieldErrors errors) {
    JsonTree.Obj tree = Trees.of(object);
    JsonTree.Obj before = old == null ? null : Trees.of(old);
    FieldErrors found = new FieldErrors();
    values.check(schema, tree, before, Path.ROOT, found);
    found.list().forEach(errors::add);
    // Rules may rely on values being of their types.
    if (found.isEmpty()) {
      more.check(tree, before, errors);
    }
  }

  @Override
  public List<String> selectableFields() {
    return List.copyOf(selectable.keySet());
  }

  @Override
  public String fieldValue(CustomObject object, String field) {
    JsonPathQuery path = selectable.get(field);
    if (path == null) {
      throw new IllegalArgumentException("not selectable: " + field);
    }
    return switch (path.first(Trees.of(object))) {
      case JsonTree.Text(String text) -> text;
      case null -> "";
      case JsonTree.Null _ -> "";
      case JsonTree other -> other.toJson();
    };
  }
}
