package dev.tiphys.controllermanager.deployment;

import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.controllermanager.common.Absent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many pods each ReplicaSet of a Deployment is to have. Pure; every method gives new sizes for
 * those sets whose size changes.
 */
final class Scaling {

  private Scaling() {}

  /** How many pods a set is to have now. */
  static int size(ReplicaSet set) {
    return Absent.or(Absent.never(set.spec()).replicas(), 1);
  }

  /** How many pods of a set do their work. */
  static int available(ReplicaSet set) {
    return set.status() == null ? 0 : Absent.zero(set.status().availableReplicas());
  }

  static int total(List<ReplicaSet> sets) {
    return sets.stream().mapToInt(Scaling::size).sum();
  }

  /** The size of the new set: as large as the surge allows beside the others. */
  static int newSize(Bounds bounds, int now, int totalOfAll) {
    if (bounds.recreate() || now > bounds.replicas()) {
      return bounds.replicas();
    }
    int room = bounds.most() - totalOfAll;
    return room <= 0 ? now : now + Math.min(room, bounds.replicas() - now);
  }

  /**
   * Smaller sizes for old sets: first those pods go that do not work anyhow, then as many as can be
   * spared while enough are available. Older sets first.
   */
  static Map<ReplicaSet, Integer> shrinkOld(Bounds bounds, ReplicaSet fresh, List<ReplicaSet> old) {
    Map<ReplicaSet, Integer> sizes = new LinkedHashMap<>();
    int unavailableNew = size(fresh) - available(fresh);
    int spare = total(old) + size(fresh) - bounds.fewest() - unavailableNew;
    if (spare <= 0) {
      return sizes;
    }
    List<ReplicaSet> byAge = old.stream().sorted(AGE).toList();
    int left = spare;
    for (ReplicaSet set : byAge) {
      int broken = Math.min(left, size(set) - available(set));
      if (broken > 0) {
        sizes.put(set, size(set) - broken);
        left -= broken;
      }
    }
    int working = available(fresh);
    for (ReplicaSet set : byAge) {
      // A status may be of a time when the set was larger: what it was told to end does not count.
      working += Math.min(available(set), sizes.getOrDefault(set, size(set)));
    }
    left = working - bounds.fewest();
    for (ReplicaSet set : byAge) {
      int now = sizes.getOrDefault(set, size(set));
      int fewer = Math.min(left, now);
      if (fewer > 0) {
        sizes.put(set, now - fewer);
        left -= fewer;
      }
    }
    return sizes;
  }

  /** Oldest first. */
  static final Comparator<ReplicaSet> AGE =
      Comparator.comparing(
              (ReplicaSet set) -> set.metadata().creationTimestamp(),
              Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparing(set -> Absent.empty(set.metadata().name()));

  /**
   * New sizes after the Deployment's own size has changed amid a rollout: each set that has pods
   * grows or shrinks by its share.
   *
   * @param status the Deployment's {@code status.replicas}, for sets that do not know what they
   *     were sized for
   */
  static Map<ReplicaSet, Integer> proportional(
      Bounds bounds, @Nullable ReplicaSet fresh, List<ReplicaSet> all, int status) {
    Map<ReplicaSet, Integer> sizes = new LinkedHashMap<>();
    List<ReplicaSet> active = all.stream().filter(set -> size(set) > 0).toList();
    if (active.size() <= 1) {
      ReplicaSet only = active.isEmpty() ? latest(fresh, all) : active.getFirst();
      if (only != null) {
        sizes.put(only, bounds.replicas());
      }
      return sizes;
    }
    if (fresh != null && saturated(bounds, fresh)) {
      active.stream().filter(set -> set != fresh).forEach(set -> sizes.put(set, 0));
      return sizes;
    }
    if (bounds.recreate()) {
      return sizes;
    }
    int allowed = bounds.replicas() == 0 ? 0 : bounds.most();
    int toAdd = allowed - total(active);
    List<ReplicaSet> order = new ArrayList<>(active);
    order.sort(
        Comparator.comparing(Scaling::size, Comparator.reverseOrder())
            .thenComparing(toAdd > 0 ? AGE.reversed() : AGE));
    int added = 0;
    for (ReplicaSet set : order) {
      int share = toAdd == 0 ? 0 : share(bounds, set, status, toAdd - added, toAdd > 0);
      sizes.put(set, size(set) + share);
      added += share;
    }
    ReplicaSet largest = order.getFirst();
    sizes.merge(largest, toAdd - added, Integer::sum);
    sizes.replaceAll((set, size) -> Math.max(0, size));
    return sizes;
  }

  private static int share(Bounds bounds, ReplicaSet set, int status, int rest, boolean growing) {
    int fraction;
    if (bounds.replicas() == 0) {
      fraction = -size(set);
    } else {
      long noted = Revisions.number(set, Revisions.MAX);
      double before = noted > 0 ? noted : Math.max(1, status);
      fraction = (int) Math.round(size(set) * bounds.most() / before) - size(set);
    }
    return growing ? Math.min(fraction, rest) : Math.max(fraction, rest);
  }

  private static @Nullable ReplicaSet latest(@Nullable ReplicaSet fresh, List<ReplicaSet> all) {
    return fresh != null ? fresh : all.stream().max(AGE).orElse(null);
  }

  private static boolean saturated(Bounds bounds, ReplicaSet set) {
    return size(set) == bounds.replicas()
        && Revisions.number(set, Revisions.DESIRED) == bounds.replicas()
        && available(set) == bounds.replicas();
  }
}
