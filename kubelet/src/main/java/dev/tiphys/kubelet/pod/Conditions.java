package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.api.core.v1.PodStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Joins the kubelet's conditions with those that others wrote meanwhile. Pure. */
final class Conditions {

  private Conditions() {}

  /** The new status, with the conditions of the old one that it does not name. */
  static PodStatus keepingOthers(PodStatus status, PodStatus before) {
    Set<String> named = new HashSet<>();
    status.conditions().forEach(c -> named.add(String.valueOf(c.type())));
    List<PodCondition> all = new ArrayList<>(status.conditions());
    before.conditions().stream()
        .filter(c -> !named.contains(String.valueOf(c.type())))
        .forEach(all::add);
    return status.withConditions(all);
  }
}
