package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Toleration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Pods stay a while, five minutes unless flags say otherwise, on a node that is not ready or cannot
 * be reached, unless they say.
 */
public final class DefaultTolerationSeconds extends PodAdmission {

  /** How long by default, in seconds. */
  public static final long SECONDS = 300;

  private final Map<String, Long> seconds;

  /**
   * Lets pods stay for some seconds.
   *
   * @param notReady on a node that is not ready
   * @param unreachable on a node that cannot be reached
   */
  public DefaultTolerationSeconds(long notReady, long unreachable) {
    this.seconds = new TreeMap<>();
    seconds.put("node.kubernetes.io/not-ready", notReady);
    seconds.put("node.kubernetes.io/unreachable", unreachable);
  }

  @Override
  PodSpec complete(Request request, Pod pod, PodSpec spec) {
    List<Toleration> tolerations = new ArrayList<>(spec.tolerations());
    for (Map.Entry<String, Long> one : seconds.entrySet()) {
      String taint = one.getKey();
      if (spec.tolerations().stream().noneMatch(t -> tolerates(t, taint))) {
        tolerations.add(
            Toleration.builder()
                .key(taint)
                .operator("Exists")
                .effect("NoExecute")
                .tolerationSeconds(one.getValue())
                .build());
      }
    }
    return tolerations.size() == spec.tolerations().size()
        ? spec
        : spec.withTolerations(tolerations);
  }

  private static boolean tolerates(Toleration toleration, String taint) {
    String key = toleration.key();
    String effect = toleration.effect();
    return (key == null || key.isEmpty() || key.equals(taint))
        && (effect == null || effect.isEmpty() || effect.equals("NoExecute"));
  }
}
