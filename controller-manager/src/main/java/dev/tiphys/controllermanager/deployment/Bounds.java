package dev.tiphys.controllermanager.deployment;

import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.DeploymentSpec;
import dev.tiphys.api.apps.v1.DeploymentStrategy;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.controllermanager.common.Absent;
import org.jspecify.annotations.Nullable;

/**
 * Within which bounds a rollout keeps the number of pods.
 *
 * @param replicas how many pods there should be
 * @param surge how many more there may be
 * @param unavailable how many of them may be missing
 * @param recreate whether the old go before the new come
 */
record Bounds(int replicas, int surge, int unavailable, boolean recreate) {

  /** The most pods at once. */
  int most() {
    return replicas + surge;
  }

  /** The fewest available pods. */
  int fewest() {
    return replicas - unavailable;
  }

  static Bounds of(Deployment deployment) {
    DeploymentSpec spec = Absent.never(deployment.spec());
    int replicas = Absent.or(spec.replicas(), 1);
    DeploymentStrategy strategy = spec.strategy();
    if (strategy != null && "Recreate".equals(strategy.type())) {
      return new Bounds(replicas, 0, 0, true);
    }
    IntOrString quarter = IntOrString.of("25%");
    var rolling = strategy == null ? null : strategy.rollingUpdate();
    int surge = resolve(rolling == null ? null : rolling.maxSurge(), quarter, replicas, true);
    int unavailable =
        resolve(rolling == null ? null : rolling.maxUnavailable(), quarter, replicas, false);
    if (surge == 0 && unavailable == 0) {
      // Rounding must not bring a rollout to a standstill.
      unavailable = 1;
    }
    return new Bounds(replicas, surge, Math.min(unavailable, replicas), false);
  }

  private static int resolve(
      @Nullable IntOrString bound, IntOrString otherwise, int total, boolean up) {
    IntOrString chosen = Absent.or(bound, otherwise);
    if (chosen.number() != null) {
      return Math.max(0, chosen.number());
    }
    String text = Absent.empty(chosen.text());
    if (!text.matches("\\d{1,9}%")) {
      return 0;
    }
    double share = Integer.parseInt(text.substring(0, text.length() - 1)) * total / 100.0;
    return (int) (up ? Math.ceil(share) : Math.floor(share));
  }
}
