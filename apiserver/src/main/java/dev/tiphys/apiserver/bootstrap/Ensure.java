package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Part;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.ObjectKey;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes that others may have done already. */
final class Ensure {

  private Ensure() {}

  /** Creates an object unless it is there. */
  static <T extends ApiObject> void created(Endpoint<T> endpoint, WriteContext context, T object) {
    try {
      endpoint.writes().create(context, text(object.metadata().namespace()), object);
    } catch (ApiException e) {
      if (e.reason() != ApiException.Reason.ALREADY_EXISTS) {
        throw e;
      }
    }
  }

  /** Creates an object, or changes the one that is there; a change to the same writes nothing. */
  static <T extends ApiObject> void present(
      Endpoint<T> endpoint, WriteContext context, T object, UnaryOperator<T> change) {
    ObjectKey key =
        new ObjectKey(text(object.metadata().namespace()), text(object.metadata().name()));
    T found = endpoint.reads().find(key);
    if (found == null) {
      created(endpoint, context, object);
    } else if (!change.apply(found).equals(found)) {
      endpoint.writes().modify(context, key, Part.whole(endpoint.resource().strategy()), change);
    }
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
