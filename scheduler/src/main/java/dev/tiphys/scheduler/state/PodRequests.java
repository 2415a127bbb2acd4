package dev.tiphys.scheduler.state;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.value.Quantity;
import java.util.HashMap;
import java.util.Map;

/**
 * What a pod asks of its node. Containers run at the same time, so theirs add up; init containers
 * run one after another before them, so only the largest counts; an init container that is
 * restarted always (a sidecar, KEP-753) keeps running, so it adds to all that start after it.
 */
public final class PodRequests {

  // A container that asks for nothing still takes something; upstream scores it as this much.
  private static final long UNSTATED_MILLI_CPU = 100;
  private static final long UNSTATED_MEMORY_BYTES = 200L * 1024 * 1024;

  private PodRequests() {}

  /** The requests that must fit. */
  public static Amounts of(PodSpec spec) {
    return sum(spec, false);
  }

  /** The requests by which nodes are compared: unstated ones are taken as small ones. */
  public static Amounts forScoring(PodSpec spec) {
    return sum(spec, true);
  }

  private static Amounts sum(PodSpec spec, boolean assumeUnstated) {
    Amounts sidecars = Amounts.NONE;
    Amounts largestInit = Amounts.NONE;
    for (Container init : spec.initContainers()) {
      Amounts own = requests(init, assumeUnstated);
      if ("Always".equals(init.restartPolicy())) {
        sidecars = sidecars.plus(own);
        largestInit = largestInit.max(sidecars);
      } else {
        largestInit = largestInit.max(sidecars.plus(own));
      }
    }
    Amounts running = sidecars;
    for (Container container : spec.containers()) {
      running = running.plus(requests(container, assumeUnstated));
    }
    return running.max(largestInit).plus(Amounts.of(spec.overhead()));
  }

  private static Amounts requests(Container container, boolean assumeUnstated) {
    ResourceRequirements resources = container.resources();
    Map<String, Quantity> stated = resources == null ? Map.of() : resources.requests();
    Amounts amounts = Amounts.of(stated);
    if (!assumeUnstated) {
      return amounts;
    }
    Map<String, Long> filled = new HashMap<>(amounts.byName());
    if (!stated.containsKey(Amounts.CPU)) {
      filled.put(Amounts.CPU, UNSTATED_MILLI_CPU);
    }
    if (!stated.containsKey(Amounts.MEMORY)) {
      filled.put(Amounts.MEMORY, UNSTATED_MEMORY_BYTES);
    }
    return new Amounts(filled);
  }
}
