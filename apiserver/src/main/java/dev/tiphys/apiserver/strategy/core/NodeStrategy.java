package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.NodeAddress;
import dev.tiphys.api.core.v1.NodeSpec;
import dev.tiphys.api.core.v1.NodeStatus;
import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.apiserver.strategy.AddressWarnings;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.IpText;
import dev.tiphys.apiserver.strategy.ResourceNames;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    validateTaints(spec, errors);
    validateRanges(spec.podCIDRs(), errors);
    NodeStatus status = node.status() == null ? NodeStatus.EMPTY : node.status();
    checkAmounts(status.capacity(), Path.of("status", "capacity"), errors);
    checkAmounts(status.allocatable(), Path.of("status", "allocatable"), errors);
  }

  private static void validateTaints(NodeSpec spec, FieldErrors errors) {
    Set<String> seen = new HashSet<>();
    // The API has always told of taints under metadata, where they once were annotations.
    Path taints = Path.of("metadata", "taints");
    for (int i = 0; i < spec.taints().size(); i++) {
      Taint taint = spec.taints().get(i);
      Path path = taints.index(i);
      String key = taint.key() == null ? "" : taint.key();
      errors.invalid(path.child("key"), key, LabelNames.key(key));
      String value = taint.value() == null ? "" : taint.value();
      errors.invalid(path.child("value"), value, LabelNames.value(value));
      Checks.requiredOneOf(taint.effect(), EFFECTS, path.child("effect"), errors);
      if (!seen.add(key + ":" + taint.effect())) {
        errors.add(
            new FieldError(
                FieldError.Type.DUPLICATE,
                path.toString(),
                taint,
                "taints must be unique by key and effect pair"));
      }
    }
  }

  private static void validateRanges(List<String> ranges, FieldErrors errors) {
    Path path = SPEC.child("podCIDRs");
    boolean good = true;
    for (int i = 0; i < ranges.size(); i++) {
      good &= IpText.checkRange(ranges.get(i), path.index(i), errors);
    }
    boolean twoFamilies = ranges.size() == 2 && ranges.stream().filter(IpText::isV6).count() == 1;
    if (good && ranges.size() > 1 && !twoFamilies) {
      errors.invalid(path, ranges, "may specify no more than one CIDR for each IP family");
    }
  }

  private static void checkAmounts(Map<String, Quantity> amounts, Path path, FieldErrors errors) {
    amounts.forEach(
        (name, amount) -> ResourceNames.checkAmount(name, amount, path.child(name), errors));
  }

  @Override
  public List<String> warnings(Node node, @Nullable Node old) {
    List<String> warnings = new ArrayList<>();
    List<String> ranges = node.spec() == null ? List.of() : node.spec().podCIDRs();
    for (int i = 0; i < ranges.size(); i++) {
      AddressWarnings.ofRange(ranges.get(i), SPEC.child("podCIDRs").index(i), warnings);
    }
    return warnings;
  }

  @Override
  public void validateStatusUpdate(Node node, Node old, FieldErrors errors) {
    NodeStatus status = node.status() == null ? NodeStatus.EMPTY : node.status();
    checkAmounts(status.capacity(), Path.of("status", "capacity"), errors);
    checkAmounts(status.allocatable(), Path.of("status", "allocatable"), errors);
    Set<NodeAddress> seen = new HashSet<>();
    for (int i = 0; i < status.addresses().size(); i++) {
      if (!seen.add(status.addresses().get(i))) {
        errors.duplicate(Path.of("status", "addresses").index(i), status.addresses().get(i));
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
