package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.NodeSpec;
import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of Node. A node reports its status when it registers, so that is kept. */
public final class NodeStrategy implements Strategy<Node> {

  private static final Path SPEC = Path.of("spec");
  private static final String UNSCHEDULABLE = "spec.unschedulable";
  private static final List<String> EFFECTS =
      List.of("NoExecute", "NoSchedule", "PreferNoSchedule");

  @Override
  public Node prepareForCreate(Node node) {
    return node;
  }

  @Override
  public void validate(Node node, FieldErrors errors) {
    NodeSpec spec = node.spec() == null ? NodeSpec.EMPTY : node.spec();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < spec.taints().size(); i++) {
      Taint taint = spec.taints().get(i);
      Path path = SPEC.child("taints").index(i);
      String key = taint.key() == null ? "" : taint.key();
      LabelNames.key(key).forEach(fault -> errors.invalid(path.child("key"), key, fault));
      String value = taint.value() == null ? "" : taint.value();
      LabelNames.value(value).forEach(fault -> errors.invalid(path.child("value"), value, fault));
      String effect = taint.effect() == null ? "" : taint.effect();
      if (effect.isEmpty()) {
        errors.required(path.child("effect"), "");
      } else if (!EFFECTS.contains(effect)) {
        errors.notSupported(path.child("effect"), effect, EFFECTS);
      }
      if (!seen.add(key + ":" + effect)) {
        errors.duplicate(path, key + ":" + effect);
      }
    }
  }

  @Override
  public void validateUpdate(Node node, Node old, FieldErrors errors) {
    NodeSpec spec = node.spec() == null ? NodeSpec.EMPTY : node.spec();
    NodeSpec before = old.spec() == null ? NodeSpec.EMPTY : old.spec();
    if (!before.podCIDRs().isEmpty() && !before.podCIDRs().equals(spec.podCIDRs())) {
      errors.forbidden(
          SPEC.child("podCIDRs"), "node updates may not change podCIDR except from \"\" to valid");
    }
    String provider = before.providerID();
    if (provider != null && !provider.isEmpty() && !provider.equals(spec.providerID())) {
      errors.forbidden(
          SPEC.child("providerID"),
          "node updates may not change providerID except from \"\" to valid");
    }
    validate(node, errors);
  }

  @Override
  public Node withDefaults(Node node) {
    NodeSpec spec = node.spec() == null ? NodeSpec.EMPTY : node.spec();
    // Two spellings of one thing; the plural one counts.
    if (spec.podCIDRs().isEmpty() && spec.podCIDR() != null && !spec.podCIDR().isEmpty()) {
      return node.withSpec(spec.withPodCIDRs(List.of(spec.podCIDR())));
    }
    if (!spec.podCIDRs().isEmpty() && spec.podCIDR() == null) {
      return node.withSpec(spec.withPodCIDR(spec.podCIDRs().getFirst()));
    }
    return node;
  }

  @Override
  public List<String> selectableFields() {
    return List.of(UNSCHEDULABLE);
  }

  @Override
  public String fieldValue(Node node, String field) {
    NodeSpec spec = node.spec() == null ? NodeSpec.EMPTY : node.spec();
    return String.valueOf(Boolean.TRUE.equals(spec.unschedulable()));
  }

  @Override
  public boolean countsGenerations(Node node) {
    return false;
  }
}
