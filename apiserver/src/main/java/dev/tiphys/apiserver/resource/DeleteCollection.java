package dev.tiphys.apiserver.resource;

import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Deletes many objects, a few at once. */
final class DeleteCollection {

  private DeleteCollection() {}

  /** Deletes all of some objects; those that vanish meanwhile are as good as deleted. */
  static <T extends ApiObject> void delete(
      User user, Endpoint<T> endpoint, List<Stored<T>> items, DeleteOptions options) {
    Semaphore workers = new Semaphore(Limits.DELETE_COLLECTION_WORKERS);
    List<Future<?>> running = new ArrayList<>(items.size());
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Stored<T> item : items) {
        running.add(
            executor.submit(() -> {
              workers.acquireUninterruptibly();
              try {
                one(user, endpoint, item.object(), options);
              } finally {
                workers.release();
              }
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ApiException refused) {
        throw refused;
      }
      throw new IllegalStateException("a deletion failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.unavailable("the server is stopping");
    }
  }

  private static <T extends ApiObject> void one(
      User user, Endpoint<T> endpoint, T object, DeleteOptions options) {
    ObjectKey key =
        new ObjectKey(
            Writes.text(object.metadata().namespace()), Writes.text(object.metadata().name()));
    try {
      endpoint.deletes().delete(user, key, options);
    } catch (ApiException e) {
      if (e.reason() != ApiException.Reason.NOT_FOUND) {
        throw e;
      }
    }
  }
}
