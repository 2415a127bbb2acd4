package dev.tiphys.apiserver.allocation;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.RangeAllocation;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.networking.v1.IPAddress;
import dev.tiphys.api.networking.v1.IPAddressSpec;
import dev.tiphys.api.networking.v1.ParentReference;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.CacheView;
import dev.tiphys.apiserver.resource.Chance;
import dev.tiphys.apiserver.storage.Change;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.Preconditions;
import dev.tiphys.apiserver.storage.ReadAt;
import dev.tiphys.apiserver.storage.ResourceStore;
import dev.tiphys.apiserver.storage.StorageException;
import dev.tiphys.apiserver.storage.Stored;
import dev.tiphys.apiserver.strategy.IpText;
import dev.tiphys.apiserver.strategy.allocation.Claims;
import dev.tiphys.apiserver.strategy.allocation.PortRange;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Claims kept in the store. */
public final class StoredClaims implements Claims {

  static final String MANAGED_BY = "ipaddress.kubernetes.io/managed-by";
  static final String ALLOCATOR = "ipallocator.k8s.io";

  private static final String FAMILY = "ipaddress.kubernetes.io/ip-family";
  private static final ObjectKey PORTS = ObjectKey.clusterScoped("servicenodeports");

  private final CacheView view;
  private final Supplier<ResourceStore<RangeAllocation>> ranges;
  private final PortRange nodePorts;
  private final Chance chance;

  /**
   * Keeps claims.
   *
   * @param view whose store of addresses is used, once the server runs
   * @param ranges the store of bitmaps; asked for once the server runs
   */
  public StoredClaims(
      CacheView view,
      Supplier<ResourceStore<RangeAllocation>> ranges,
      PortRange nodePorts,
      Chance chance) {
    this.view = view;
    this.ranges = ranges;
    this.nodePorts = nodePorts;
    this.chance = chance;
  }

  @Override
  public boolean takeAddress(String ip, String namespace, String service) {
    ResourceStore<IPAddress> store = view.store(Resources.IP_ADDRESSES);
    ObjectKey key = ObjectKey.clusterScoped(ip);
    try {
      store.create(key, address(ip, namespace, service), null);
      return true;
    } catch (StorageException.AlreadyExists _) {
      Stored<IPAddress> present = store.find(key, ReadAt.LATEST);
      return present != null && belongsTo(present.object(), namespace, service);
    } catch (StorageException e) {
      throw ApiException.internal("failed to allocate IP " + ip + ": " + e.getMessage(), e);
    }
  }

  private IPAddress address(String ip, String namespace, String service) {
    return IPAddress.builder()
        .metadata(
            ObjectMeta.builder()
                .name(ip)
                .uid(chance.uuids().get().toString())
                .creationTimestamp(chance.clock().instant().truncatedTo(ChronoUnit.SECONDS))
                .labels(Map.of(FAMILY, IpText.family(ip), MANAGED_BY, ALLOCATOR))
                .generation(1L)
                .build())
        .spec(
            IPAddressSpec.builder()
                .parentRef(
                    ParentReference.builder()
                        .resource("services")
                        .namespace(namespace)
                        .name(service)
                        .build())
                .build())
        .build();
  }

  /** Whether an address is a service's. */
  static boolean belongsTo(IPAddress address, String namespace, String service) {
    ParentReference parent = address.spec() == null ? null : address.spec().parentRef();
    return parent != null
        && "services".equals(parent.resource())
        && namespace.equals(parent.namespace())
        && service.equals(parent.name());
  }

  @Override
  public void freeAddress(String ip, String namespace, String service) {
    ResourceStore<IPAddress> store = view.store(Resources.IP_ADDRESSES);
    ObjectKey key = ObjectKey.clusterScoped(ip);
    Stored<IPAddress> present = store.find(key, ReadAt.LATEST);
    if (present == null || !belongsTo(present.object(), namespace, service)) {
      return;
    }
    try {
      store.delete(key, new Preconditions(present.object().metadata().uid(), null), _ -> {});
    } catch (StorageException.NotFound | StorageException.Conflict _) {
      // Somebody else was faster; it is free, or another's now.
    }
  }

  @Override
  public boolean takePort(int port) {
    return mark(port, true);
  }

  @Override
  public void freePort(int port) {
    mark(port, false);
  }

  /** Sets or clears a port's bit; false if it was so already. */
  private boolean mark(int port, boolean taken) {
    boolean[] changed = new boolean[1];
    change(bits -> {
      int index = port - nodePorts.first();
      changed[0] = bits.get(index) != taken;
      bits.set(index, taken);
    });
    return changed[0];
  }

  /** Changes the bitmap; the change may be tried more than once. */
  void change(java.util.function.Consumer<BitSet> edit) {
    try {
      ranges
          .get()
          .upsert(
              PORTS,
              Preconditions.NONE,
              present -> {
                BitSet bits = bits(present == null ? null : present.object());
                edit.accept(bits);
                return new Change.Put<>(allocation(bits, present));
              });
    } catch (StorageException e) {
      throw ApiException.internal("failed to allocate a nodePort: " + e.getMessage(), e);
    }
  }

  private BitSet bits(@Nullable RangeAllocation allocation) {
    // Another range than the one configured means that all bits mean something else.
    return allocation == null
            || allocation.data() == null
            || !nodePorts.toString().equals(allocation.range())
        ? new BitSet(nodePorts.size())
        : BitSet.valueOf(allocation.data().toByteArray());
  }

  private RangeAllocation allocation(BitSet bits, @Nullable Stored<RangeAllocation> present) {
    ObjectMeta metadata =
        present == null ? ObjectMeta.EMPTY : Objects.requireNonNull(present.object().metadata());
    return RangeAllocation.builder()
        .metadata(metadata)
        .range(nodePorts.toString())
        .data(Bytes.copyOf(bits.toByteArray()))
        .build();
  }
}
