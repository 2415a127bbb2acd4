package dev.tiphys.store.mvcc;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The leases that exist and the keys bound to each: what all members agree on. When one runs out is
 * the leader's matter. One thread writes, any thread reads.
 */
public final class Leases {
  private final ConcurrentSkipListMap<Long, Lease> leases = new ConcurrentSkipListMap<>();

  private long grants;

  /** One lease. */
  private record Lease(long ttlSeconds, long number, TreeSet<ByteString> keys) {
    Lease(long ttlSeconds, long number) {
      this(ttlSeconds, number, new TreeSet<>(ByteString.unsignedLexicographicalComparator()));
    }
  }

  /**
   * A lease and its granted time to live.
   *
   * @param number counts the grants of this run: tells a lease from an earlier one with the same id
   */
  public record Grant(long id, long ttlSeconds, long number) {}

  /** The lease with this id, if it exists. */
  public @Nullable Grant find(long id) {
    var lease = leases.get(id);
    return lease == null ? null : new Grant(id, lease.ttlSeconds, lease.number);
  }

  /** All leases, in order of id. */
  public List<Grant> all() {
    var all = new ArrayList<Grant>();
    leases.forEach((id, lease) -> all.add(new Grant(id, lease.ttlSeconds, lease.number)));
    return all;
  }

  /** The keys bound to a lease, in order; none when it does not exist. */
  public List<ByteString> keys(long id) {
    var lease = leases.get(id);
    if (lease == null) {
      return List.of();
    }
    synchronized (lease) {
      return List.copyOf(lease.keys);
    }
  }

  boolean exists(long id) {
    return leases.containsKey(id);
  }

  void grant(long id, long ttlSeconds) {
    leases.put(id, new Lease(ttlSeconds, ++grants));
  }

  void revoke(long id) {
    leases.remove(id);
  }

  void bind(long id, ByteString key) {
    var lease = leases.get(id);
    if (lease != null) {
      synchronized (lease) {
        lease.keys.add(key);
      }
    }
  }

  void unbind(long id, ByteString key) {
    var lease = leases.get(id);
    if (lease != null) {
      synchronized (lease) {
        lease.keys.remove(key);
      }
    }
  }

  void restore(Collection<Grant> grants) {
    leases.clear();
    grants.forEach(g -> grant(g.id(), g.ttlSeconds()));
  }
}
