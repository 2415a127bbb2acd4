package dev.tiphys.api.selector;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A label selector ready to match: all requirements must hold. Its text is canonical and reads back
 * as the same. Immutable.
 *
 * @param requirements sorted by key
 * @param matchesNothing whether nothing matches, whatever the requirements: what an absent selector
 *     in a spec means
 */
public record LabelMatcher(List<LabelRequirement> requirements, boolean matchesNothing) {

  /** Matches every object. */
  public static final LabelMatcher EVERYTHING = new LabelMatcher(List.of(), false);

  /** Matches no object. */
  public static final LabelMatcher NOTHING = new LabelMatcher(List.of(), true);

  /** Copies and sorts the requirements. */
  public LabelMatcher {
    requirements =
        requirements.stream().sorted((one, other) -> one.key().compareTo(other.key())).toList();
  }

  /** All of some requirements. */
  public static LabelMatcher of(List<LabelRequirement> requirements) {
    return requirements.isEmpty() ? EVERYTHING : new LabelMatcher(requirements, false);
  }

  /** Objects that have all of some labels. Labels are not checked. */
  public static LabelMatcher ofLabels(Map<String, String> labels) {
    return of(
        labels.entrySet().stream()
            .map(label ->
                new LabelRequirement(
                    label.getKey(), LabelRequirement.Operator.EQUALS, List.of(label.getValue())))
            .toList());
  }

  /** Whether an object with these labels is meant. */
  public boolean matches(Map<String, String> labels) {
    if (matchesNothing) {
      return false;
    }
    for (int i = 0; i < requirements.size(); i++) {
      if (!requirements.get(i).matches(labels)) {
        return false;
      }
    }
    return true;
  }

  /** Whether every object is meant. */
  public boolean matchesEverything() {
    return !matchesNothing && requirements.isEmpty();
  }

  /** The only value that a label may have, or null if several or none will do. */
  public @Nullable String exactValue(String key) {
    for (LabelRequirement requirement : requirements) {
      if (requirement.key().equals(key)) {
        return switch (requirement.operator()) {
          case EQUALS, DOUBLE_EQUALS, IN ->
              requirement.values().size() == 1 ? requirement.values().getFirst() : null;
          default -> null;
        };
      }
    }
    return null;
  }

  /** The canonical text, as {@code app=web,tier in (a,b),!old}. */
  @Override
  public String toString() {
    return requirements.stream().map(LabelRequirement::toString).collect(Collectors.joining(","));
  }
}
