package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.resource.ServedResource.Conversion;
import dev.tiphys.apiserver.storage.Selection;
import dev.tiphys.apiserver.storage.Stored;
import java.util.List;

/** Sees every object as another kind, by two functions. */
record KindConversion<T extends ApiObject, S extends ApiObject>(Conversion<T, S> kinds)
    implements StoreConversion<T, S> {

  @Override
  public S toStored(T object) {
    return kinds.toStored().apply(object);
  }

  @Override
  public T fromStored(S object) {
    return kinds.fromStored().apply(object);
  }

  @Override
  public List<Stored<T>> seen(List<Stored<S>> stored) {
    return stored.stream().map(this::seen).toList();
  }

  @Override
  public Stored<T> seen(Stored<S> stored) {
    return new SeenAs<>(stored, kinds.fromStored());
  }

  @Override
  public Selection<S> stored(Selection<T> selection) {
    var matches = selection.matches();
    return new Selection<>(
        selection.namespace(),
        selection.name(),
        null,
        matches == null ? null : object -> matches.test(kinds.fromStored().apply(object)));
  }
}
