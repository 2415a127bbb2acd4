package dev.tiphys.apiserver.fairness;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.Query;
import dev.tiphys.apiserver.request.RequestInfo;
import dev.tiphys.apiserver.resource.ConvertedStore;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.storage.ListQuery;
import dev.tiphys.apiserver.storage.ReadAt;
import dev.tiphys.apiserver.storage.ResourceStore;
import dev.tiphys.apiserver.storage.Selection;
import dev.tiphys.apiserver.storage.Stored;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * How many seats a request takes: one, but for lists, and watches that begin with one, which take
 * the more the longer what they bring is. Thread-safe.
 */
final class ListWidth {

  private record Size(double bytes, long since) {}

  private final Endpoints endpoints;
  private final LongSupplier nanos;
  private final ConcurrentMap<ResourceStore<?>, Size> sizes = new ConcurrentHashMap<>();

  ListWidth(Endpoints endpoints, LongSupplier nanos) {
    this.endpoints = endpoints;
    this.nanos = nanos;
  }

  /**
   * The seats of a request.
   *
   * @param most that one request may take
   */
  int of(RequestInfo request, Query query, int most) {
    if (!request.resourceRequest() || !brings(request, query)) {
      return 1;
    }
    Endpoint<?> endpoint = endpoints.find(request.group(), request.version(), request.resource());
    if (endpoint == null) {
      // Another server's work.
      return 1;
    }
    ResourceStore<?> store = ConvertedStore.within(endpoint.store());
    int count = store.count();
    return seats(count, limited(count, request, query), size(store, count), most);
  }

  private static boolean brings(RequestInfo request, Query query) {
    return switch (request.verb()) {
      case "list" -> true;
      case "watch" -> {
        String from = query.first("resourceVersion");
        yield query.flag("sendInitialEvents") || from.isEmpty() || from.equals("0");
      }
      default -> false;
    };
  }

  private static int limited(int count, RequestInfo request, Query query) {
    if (!request.name().isEmpty()) {
      return Math.min(count, 1);
    }
    try {
      Long limit = query.number("limit");
      return limit == null || limit <= 0 ? count : (int) Math.min(count, limit);
    } catch (ApiException _) {
      // Refused when it is answered.
      return count;
    }
  }

  /** Lists are made of the cache and sent in pieces, so no list is heavier than some bound. */
  static int seats(int stored, int listed, double bytes, int most) {
    double memory = Math.min(Math.min(stored, listed) * bytes, Limits.HEAVIEST_LIST);
    return Math.clamp((int) Math.ceil(memory / Limits.BYTES_A_SEAT), 1, Math.max(1, most));
  }

  /** The size of a usual object, looked at now and then. */
  private double size(ResourceStore<?> store, int count) {
    long now = nanos.getAsLong();
    Size known = sizes.get(store);
    if (count == 0 || (known != null && now - known.since() < Limits.SIZE_AGE.toNanos())) {
      return known == null ? 0 : known.bytes();
    }
    Size fresh = new Size(sampled(store), now);
    if (sizes.size() >= Limits.SIZES) {
      // Definitions come and go, and each has a store of its own.
      sizes.clear();
    }
    sizes.put(store, fresh);
    return fresh.bytes();
  }

  private static <T extends ApiObject> double sampled(ResourceStore<T> store) {
    List<Stored<T>> some =
        store.list(new ListQuery<>(Selection.all(), ReadAt.ANY, Limits.SAMPLE, null)).items();
    long bytes = 0;
    for (Stored<T> one : some) {
      bytes += JsonCodec.encode(one.object()).length;
    }
    return some.isEmpty() ? 0 : bytes / (double) some.size();
  }
}
