package dev.tiphys.api.selector;

import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.LabelSelectorRequirement;
import dev.tiphys.api.selector.LabelRequirement.Operator;
import dev.tiphys.api.value.QuotedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes {@link LabelMatcher}s from texts and from specs. */
public final class LabelSelectors {

  private LabelSelectors() {}

  /**
   * Reads the value of a {@code labelSelector} query parameter: {@code app=web,tier in (a,
   * b),!old}.
   *
   * @throws IllegalArgumentException with the API's message if it cannot be read
   */
  public static LabelMatcher parse(String text) {
    return LabelMatcher.of(new LabelSelectorParser(text).parse());
  }

  /**
   * The matcher of a spec's selector. An absent selector matches nothing, an empty one everything.
   *
   * @throws IllegalArgumentException with the API's message if the selector is invalid
   */
  public static LabelMatcher of(@Nullable LabelSelector selector) {
    if (selector == null) {
      return LabelMatcher.NOTHING;
    }
    List<LabelRequirement> requirements = new ArrayList<>();
    for (Map.Entry<String, String> label : selector.matchLabels().entrySet()) {
      requirements.add(
          LabelRequirement.checked(label.getKey(), Operator.EQUALS, List.of(label.getValue())));
    }
    for (LabelSelectorRequirement expression : selector.matchExpressions()) {
      String key = expression.key();
      requirements.add(
          LabelRequirement.checked(
              key == null ? "" : key, operator(expression.operator()), expression.values()));
    }
    return LabelMatcher.of(requirements);
  }

  private static Operator operator(@Nullable String name) {
    return switch (name) {
      case "In" -> Operator.IN;
      case "NotIn" -> Operator.NOT_IN;
      case "Exists" -> Operator.EXISTS;
      case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
      case null, default ->
          throw new IllegalArgumentException(
              QuotedText.of(name == null ? "" : name) + " is not a valid label selector operator");
    };
  }
}
