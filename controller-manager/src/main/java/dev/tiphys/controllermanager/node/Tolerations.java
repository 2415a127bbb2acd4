package dev.tiphys.controllermanager.node;

import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.api.core.v1.Toleration;
import dev.tiphys.controllermanager.common.Absent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How long a pod may stay on a node with taints. Pure. */
final class Tolerations {

  private Tolerations() {}

  /** Whether a toleration speaks of a taint. */
  static boolean matches(Toleration toleration, Taint taint) {
    String effect = Absent.empty(toleration.effect());
    String key = Absent.empty(toleration.key());
    if (!effect.isEmpty() && !effect.equals(taint.effect())) {
      return false;
    }
    if (!key.isEmpty() && !key.equals(taint.key())) {
      return false;
    }
    return switch (Absent.or(toleration.operator(), "Equal")) {
      case "Exists" -> true;
      case "Equal", "" ->
          !key.isEmpty() && Absent.empty(toleration.value()).equals(Absent.empty(taint.value()));
      default -> false;
    };
  }

  /**
   * When a pod must go.
   *
   * @param taints those of the node that evict
   * @param now the time from which a taint without its own counts
   * @return empty if it may stay for ever; a time not after now if it must go at once
   */
  static Optional<Instant> deadline(List<Toleration> tolerations, List<Taint> taints, Instant now) {
    Instant earliest = null;
    for (Taint taint : taints) {
      List<Toleration> matching =
          tolerations.stream().filter(each -> matches(each, taint)).toList();
      if (matching.isEmpty()) {
        return Optional.of(Instant.EPOCH);
      }
      for (Toleration toleration : matching) {
        Long seconds = toleration.tolerationSeconds();
        if (seconds != null) {
          Instant until = Absent.or(taint.timeAdded(), now).plusSeconds(Math.max(0, seconds));
          earliest = earliest == null || until.isBefore(earliest) ? until : earliest;
        }
      }
    }
    return Optional.ofNullable(earliest);
  }
}
