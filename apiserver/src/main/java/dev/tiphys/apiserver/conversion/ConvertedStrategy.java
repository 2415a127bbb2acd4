package dev.tiphys.apiserver.conversion;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.apiserver.resource.ServedResource.Conversion;
import dev.tiphys.apiserver.strategy.PartRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a version that is stored as another: those of the stored one, so that all versions
 * of a kind are held to the same.
 *
 * @param <T> the served version
 * @param <S> the stored version
 */
public record ConvertedStrategy<T extends ApiObject, S extends ApiObject>(
    Strategy<S> stored, Conversion<T, S> conversion) implements Strategy<T> {

  private S to(T object) {
    return conversion.toStored().apply(object);
  }

  private T back(S object) {
    return conversion.fromStored().apply(object);
  }

  @Override
  public T withDefaults(T object) {
    return back(stored.withDefaults(to(object)));
  }

  @Override
  public List<String> nameFaults(String name, boolean prefix) {
    return stored.nameFaults(name, prefix);
  }

  @Override
  public T prepareForCreate(T object) {
    return back(stored.prepareForCreate(to(object)));
  }

  @Override
  public void validate(T object, FieldErrors errors) {
    stored.validate(to(object), errors);
  }

  @Override
  public T prepareForUpdate(T object, T old) {
    return back(stored.prepareForUpdate(to(object), to(old)));
  }

  @Override
  public void validateUpdate(T object, T old, FieldErrors errors) {
    stored.validateUpdate(to(object), to(old), errors);
  }

  @Override
  public T prepareForStatusUpdate(T object, T old) {
    return back(stored.prepareForStatusUpdate(to(object), to(old)));
  }

  @Override
  public void validateStatusUpdate(T object, T old, FieldErrors errors) {
    stored.validateStatusUpdate(to(object), to(old), errors);
  }

  @Override
  public @Nullable PartRules<T> part(String subresource) {
    PartRules<S> rules = stored.part(subresource);
    return rules == null
        ? null
        : new PartRules<>(
            (object, old) -> back(rules.keep().apply(to(object), to(old))),
            (object, old, errors) -> rules.check().apply(to(object), to(old), errors),
            rules.ignored());
  }

  @Override
  public List<String> warnings(T object, @Nullable T old) {
    return stored.warnings(to(object), old == null ? null : to(old));
  }

  @Override
  public List<String> statusWarnings(T object) {
    return stored.statusWarnings(to(object));
  }

  @Override
  public boolean createsOnUpdate() {
    return stored.createsOnUpdate();
  }

  @Override
  public boolean updatesUnconditionally() {
    return stored.updatesUnconditionally();
  }

  @Override
  public boolean countsGenerations(T object) {
    return stored.countsGenerations(to(object));
  }

  @Override
  public boolean changesGeneration(T object, T old) {
    return stored.changesGeneration(to(object), to(old));
  }

  @Override
  public List<String> selectableFields() {
    return stored.selectableFields();
  }

  @Override
  public String fieldValue(T object, String field) {
    return stored.fieldValue(to(object), field);
  }

  @Override
  public @Nullable Long gracePeriodSeconds(T object, @Nullable Long requestedSeconds) {
    return stored.gracePeriodSeconds(to(object), requestedSeconds);
  }

  @Override
  public boolean released(T object) {
    return stored.released(to(object));
  }

  @Override
  public T markDeleted(T object) {
    return back(stored.markDeleted(to(object)));
  }
}
