package dev.tiphys.store.auth;

import dev.tiphys.store.mvcc.KeyRange;
import dev.tiphys.store.rpc.Permission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ranges that one user may read and write: neighbours are one range, so that a request over
 * both is allowed. Immutable.
 */
record Grants(List<KeyRange> reads, List<KeyRange> writes) {
  static final Grants NONE = new Grants(List.of(), List.of());

  static Grants of(List<Permission> permissions) {
    return new Grants(
        union(permissions, Permission.Type.WRITE), union(permissions, Permission.Type.READ));
  }

  boolean mayRead(KeyRange range) {
    return covers(reads, range);
  }

  boolean mayWrite(KeyRange range) {
    return covers(writes, range);
  }

  /** The ranges of all permissions but those that are only for {@code otherwise}. */
  private static List<KeyRange> union(List<Permission> permissions, Permission.Type otherwise) {
    var sorted =
        permissions.stream()
            .filter(permission -> permission.getPermType() != otherwise)
            .map(permission -> KeyRange.of(permission.getKey(), permission.getRangeEnd()))
            .filter(range -> !range.isEmpty())
            .sorted((a, b) -> Arrays.compareUnsigned(a.from(), b.from()))
            .toList();
    var merged = new ArrayList<KeyRange>();
    for (var next : sorted) {
      var last = merged.isEmpty() ? null : merged.getLast();
      if (last != null && !isBefore(last.to(), next.from())) {
        merged.set(merged.size() - 1, new KeyRange(last.from(), later(last.to(), next.to())));
      } else {
        merged.add(next);
      }
    }
    return List.copyOf(merged);
  }

  private static boolean covers(List<KeyRange> granted, KeyRange asked) {
    for (var range : granted) {
      if (Arrays.compareUnsigned(range.from(), asked.from()) <= 0
          && Arrays.equals(later(range.to(), asked.to()), range.to())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBefore(byte @Nullable [] end, byte[] start) {
    return end != null && Arrays.compareUnsigned(end, start) < 0;
  }

  /** The later of two ends; null: no end. */
  private static byte @Nullable [] later(byte @Nullable [] a, byte @Nullable [] b) {
    if (a == null || b == null) {
      return null;
    }
    return Arrays.compareUnsigned(a, b) >= 0 ? a : b;
  }
}
