package dev.tiphys.api.schema;

import dev.tiphys.api.meta.v1.ListMeta;
import java.util.List;

/** A list of objects of one kind as the API returns it. */
public interface ApiList<T extends ApiObject> extends Struct {

  /** The revision the list was taken at and where it goes on; never null. */
  ListMeta metadata();

  /** The objects, never null. */
  List<T> items();
}
