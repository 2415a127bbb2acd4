package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.api.core.v1.EndpointAddress;
import dev.tiphys.api.core.v1.EndpointSubset;
import dev.tiphys.api.core.v1.Endpoints;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.apiserver.storage.Change;
import dev.tiphys.apiserver.storage.ListQuery;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.Preconditions;
import dev.tiphys.apiserver.storage.ReadAt;
import dev.tiphys.apiserver.storage.ResourceStore;
import dev.tiphys.apiserver.storage.Selection;
import dev.tiphys.apiserver.storage.StorageException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Which API servers there are: each writes its address under {@code /registry/masterleases} for a
 * while, again and again, as upstream's servers do, so that both count each other. What is not
 * renewed goes by itself. Thread-safe.
 */
public final class MasterLeases {

  /** Between two renewals. */
  public static final Duration RENEWAL = Duration.ofSeconds(10);

  /** As upstream's servers: one renewal may fail. */
  private static final Duration LIFE = Duration.ofSeconds(15);

  private final ResourceStore<Endpoints> leases;

  /** Keeps them in a store. */
  public MasterLeases(ResourceStore<Endpoints> leases) {
    this.leases = leases;
  }

  /**
   * Says that the server with an address is there.
   *
   * @throws StorageException if the store cannot be asked
   */
  void renew(String address) {
    leases.upsert(
        new ObjectKey("", address),
        Preconditions.NONE,
        found ->
            new Change.Put<>(lease(address, found == null ? 0 : generation(found.object())), LIFE));
  }

  private static long generation(Endpoints lease) {
    return Objects.requireNonNullElse(lease.metadata().generation(), 0L);
  }

  /** Each differs from the one before, or writing it would not prolong its life. */
  private static Endpoints lease(String address, long generation) {
    return Endpoints.builder()
        .metadata(ObjectMeta.builder().name(address).generation(generation + 1).build())
        .subsets(
            List.of(
                EndpointSubset.builder()
                    .addresses(List.of(EndpointAddress.builder().ip(address).build()))
                    .build()))
        .build();
  }

  /** The addresses of all servers that are there, sorted. */
  List<String> addresses() {
    return leases.list(new ListQuery<>(Selection.all(), ReadAt.LATEST, 0, null)).items().stream()
        .flatMap(stored -> stored.object().subsets().stream())
        .flatMap(subset -> subset.addresses().stream())
        .map(address -> String.valueOf(address.ip()))
        .distinct()
        .sorted()
        .toList();
  }

  /** Says that the server with an address goes. */
  void remove(String address) {
    try {
      leases.delete(new ObjectKey("", address), Preconditions.NONE, _ -> {});
    } catch (StorageException.NotFound _) {
      // It had come to its end by itself.
    }
  }
}
