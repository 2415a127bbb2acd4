package dev.tiphys.apiserver.extension;

import dev.tiphys.api.schema.CustomObject;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.apiserver.resource.StoreConversion;
import dev.tiphys.apiserver.storage.Selection;
import dev.tiphys.apiserver.storage.Stored;
import java.util.ArrayList;
import java.util.List;

/**
 * The objects of a custom resource in one of its versions, whatever version each is stored in. What
 * is in that version already passes as it is; of the rest, what is read or watched together is
 * converted together. Thread-safe.
 *
 * @param served the version seen
 * @param storage the version written
 * @param selectsByFields whether selectors look at more than metadata, which all versions share
 */
record VersionConversion(
    StructType<CustomObject> served,
    StructType<CustomObject> storage,
    Converter converter,
    boolean selectsByFields)
    implements StoreConversion<CustomObject, CustomObject> {

  private CustomObject to(StructType<CustomObject> version, CustomObject object) {
    return object.structType() == version
        ? object
        : converter.convert(List.of(object), version).getFirst();
  }

  @Override
  public CustomObject toStored(CustomObject object) {
    return to(storage, object);
  }

  @Override
  public CustomObject fromStored(CustomObject object) {
    return to(served, object);
  }

  @Override
  public List<Stored<CustomObject>> seen(List<Stored<CustomObject>> stored) {
    List<CustomObject> others =
        stored.stream().map(Stored::object).filter(o -> o.structType() != served).toList();
    if (others.isEmpty()) {
      return stored;
    }
    var converted = converter.convert(others, served).iterator();
    List<Stored<CustomObject>> seen = new ArrayList<>(stored.size());
    for (Stored<CustomObject> one : stored) {
      if (one.object().structType() == served) {
        seen.add(one);
      } else {
        CustomObject object = converted.next();
        seen.add(new SeenAs<>(one, _ -> object));
      }
    }
    return seen;
  }

  @Override
  public Selection<CustomObject> stored(Selection<CustomObject> selection) {
    var matches = selection.matches();
    if (matches == null || !selectsByFields) {
      return selection;
    }
    return new Selection<>(
        selection.namespace(), selection.name(), null, object -> matches.test(to(served, object)));
  }
}
