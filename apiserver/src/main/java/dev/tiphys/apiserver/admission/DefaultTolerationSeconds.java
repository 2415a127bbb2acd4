package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Toleration;
import java.util.ArrayList;
import java.util.List;

/** Pods stay five minutes on a node that is not ready or cannot be reached, unless they say. */
public final class DefaultTolerationSeconds extends PodAdmission {

  private static final long SECONDS = 300;
  private static final List<String> TAINTS =
      List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");

  @Override
  PodSpec complete(Request request, Pod pod, PodSpec spec) {
    List<Toleration> tolerations = new ArrayList<>(spec.tolerations());
    for (String taint : TAINTS) {
      if (spec.tolerations().stream().noneMatch(t -> tolerates(t, taint))) {
        tolerations.add(
            Toleration.builder()
                .key(taint)
                .operator("Exists")
                .effect("NoExecute")
                .tolerationSeconds(SECONDS)
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
