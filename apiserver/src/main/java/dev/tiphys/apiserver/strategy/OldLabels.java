package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.core.v1.NodeSelector;
import dev.tiphys.api.core.v1.NodeSelectorRequirement;
import dev.tiphys.api.core.v1.NodeSelectorTerm;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Warnings of labels of nodes that have better names by now. Pure. */
public final class OldLabels {

  private static final Map<String, String> OLD =
      Map.of(
          "beta.kubernetes.io/arch", since("v1.14", "kubernetes.io/arch"),
          "beta.kubernetes.io/os", since("v1.14", "kubernetes.io/os"),
          "failure-domain.beta.kubernetes.io/region",
              since("v1.17", "topology.kubernetes.io/region"),
          "failure-domain.beta.kubernetes.io/zone", since("v1.17", "topology.kubernetes.io/zone"),
          "beta.kubernetes.io/instance-type", since("v1.17", "node.kubernetes.io/instance-type"));

  private OldLabels() {}

  private static String since(String version, String name) {
    return "deprecated since " + version + "; use \"" + name + "\" instead";
  }

  /** What to say of a label; null for a good one. */
  public static @Nullable String of(@Nullable String label) {
    return label == null ? null : OLD.get(label);
  }

  /** What to say of a choice of nodes. */
  public static List<String> in(@Nullable NodeSelector selector, Path path) {
    List<String> warnings = new ArrayList<>();
    if (selector == null) {
      return warnings;
    }
    for (int i = 0; i < selector.nodeSelectorTerms().size(); i++) {
      Path terms = path.child("nodeSelectorTerms").index(i).child("matchExpressions");
      List<NodeSelectorRequirement> labels = selector.nodeSelectorTerms().get(i).matchExpressions();
      for (int j = 0; j < labels.size(); j++) {
        tell(labels.get(j).key(), terms.index(j).child("key"), warnings);
      }
    }
    return warnings;
  }

  /** What to say of a selector of nodes. */
  public static List<String> in(@Nullable LabelSelector selector, Path path) {
    List<String> warnings = new ArrayList<>();
    if (selector == null) {
      return warnings;
    }
    for (int i = 0; i < selector.matchExpressions().size(); i++) {
      tell(
          selector.matchExpressions().get(i).key(),
          path.child("matchExpressions").index(i).child("key"),
          warnings);
    }
    selector
        .matchLabels()
        .keySet()
        .forEach(label -> {
          if (of(label) != null) {
            warnings.add(path.child("matchLabels").key(label) + ": " + of(label));
          }
        });
    return warnings;
  }

  /** What to say of nodes that are preferred: values of their labels are not validated. */
  public static List<String> inPreference(@Nullable NodeSelectorTerm term, Path path) {
    List<String> warnings = new ArrayList<>();
    if (term == null) {
      return warnings;
    }
    for (int i = 0; i < term.matchExpressions().size(); i++) {
      NodeSelectorRequirement label = term.matchExpressions().get(i);
      Path at = path.child("matchExpressions").index(i);
      tell(label.key(), at.child("key"), warnings);
      for (int j = 0; j < label.values().size(); j++) {
        String value = label.values().get(j);
        for (String fault : LabelNames.value(value)) {
          warnings.add(at.child("values").index(j) + ": " + value + " is invalid, " + fault);
        }
      }
    }
    return warnings;
  }

  private static void tell(@Nullable String label, Path path, List<String> warnings) {
    String old = of(label);
    if (old != null) {
      warnings.add(path + ": " + label + " is " + old);
    }
  }
}
