package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Part;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.ObjectKey;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
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

  /** Deletes an object unless it is gone. */
  static void deleted(Endpoint<?> endpoint, ObjectKey key) {
    try {
      endpoint.deletes().delete(User.SELF, key, DeleteOptions.builder().build());
    } catch (ApiException e) {
      if (e.reason() != ApiException.Reason.NOT_FOUND) {
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

  /**
   * Does all of some writes, side by side.
   *
   * @throws ApiException of one that failed, when all have ended
   */
  static void all(Executor executor, List<Runnable> writes) {
    List<CompletableFuture<Void>> running =
        writes.stream().map(write -> CompletableFuture.runAsync(write, executor)).toList();
    ApiException failure = null;
    for (CompletableFuture<Void> one : running) {
      try {
        one.join();
      } catch (CompletionException e) {
        if (!(e.getCause() instanceof ApiException refused)) {
          throw e;
        }
        failure = refused;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
