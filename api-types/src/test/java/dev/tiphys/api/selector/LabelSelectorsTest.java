package dev.tiphys.api.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelSelectorsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "~~|~~",
        "x=a,y=b,z=c|x=a,y=b,z=c",
        " z = c , x==a |x==a,z=c",
        "x!=a|x!=a",
        "x=|x=",
        "x in ( b , a )|x in (a,b)",
        "x notin (a,a)|x notin (a)",
        "x in (,)|x in ()",
        "x in (a,,b)|x in (,a,b)",
        "!x, y|!x,y",
        "x>1,y<2|x>1,y<2",
        "in in (in)|in in (in)",
      })
  void readsAndWritesCanonically(String text, String canonical) {
    assertThat(LabelSelectors.parse(text)).hasToString(canonical);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "x=a|true",
        "x=b|false",
        "x!=b|true",
        "none!=b|true",
        "x in (a,b)|true",
        "x notin (a,b)|false",
        "none notin (a)|true",
        "x|true",
        "!x|false",
        "!none|true",
        "none|false",
        "n>4|true",
        "n>5|false",
        "n<6|true",
        "x>1|false",
        "~~|true",
        "x=a,n=5|true",
        "x=a,n=6|false",
      })
  void matches(String text, boolean expected) {
    assertThat(LabelSelectors.parse(text).matches(Map.of("x", "a", "n", "5"))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        ",|found ',', expected: !, identifier, or 'end of string'",
        "x=a,|found '', expected: identifier after ','",
        "x=a b|found 'b', expected: ',' or 'end of string'",
        "x a|unable to parse requirement: found 'a', expected: in, notin, =, ==, !=, gt, lt",
        "x in a|unable to parse requirement: found 'a' expected: '('",
        "x in (a|unable to parse requirement: found '', expected: ',' or ')'",
        "x in ()|unable to parse requirement: values: Invalid value: []: for 'in', 'notin'"
            + " operators, values set can't be empty",
        "x=(a)|unable to parse requirement: found '(', expected: identifier",
        "x>a|unable to parse requirement: values[0]: Invalid value: \"a\": for 'Gt', 'Lt' operators,"
            + " the value must be an integer",
      })
  void tellsWhatItCannotRead(String text, String message) {
    assertThatThrownBy(() -> LabelSelectors.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void checksKeysAndValues() {
    assertThatThrownBy(() -> LabelSelectors.parse("-x=a"))
        .hasMessageStartingWith(
            "unable to parse requirement: <nil>: Invalid value: \"-x\": name part must consist of");
    assertThatThrownBy(() -> LabelSelectors.parse("x=-a"))
        .hasMessageStartingWith(
            "unable to parse requirement: values[0][x]: Invalid value: \"-a\": a valid label must");
  }

  @Test
  void specsSelectors() {
    assertThat(LabelSelectors.of(null).matches(Map.of())).isFalse();
    assertThat(LabelSelectors.of(LabelSelector.EMPTY).matches(Map.of())).isTrue();
    LabelSelector selector =
        LabelSelector.builder()
            .matchLabels(Map.of("app", "web"))
            .matchExpressions(
                LabelSelectorRequirement.builder()
                    .key("tier")
                    .operator("NotIn")
                    .values("db")
                    .build())
            .build();
    assertThat(LabelSelectors.of(selector)).hasToString("app=web,tier notin (db)");
    assertThat(LabelSelectors.of(selector).exactValue("app")).isEqualTo("web");
    LabelSelector wrong =
        LabelSelector.builder()
            .matchExpressions(LabelSelectorRequirement.builder().key("a").operator("Is").build())
            .build();
    assertThatThrownBy(() -> LabelSelectors.of(wrong))
        .hasMessage("\"Is\" is not a valid label selector operator");
  }

  @Property
  void canonicalTextReadsBack(
      @ForAll
          @StringLength(max = 12)
          @Chars({'=', '!', '(', ')', ',', ' '})
          @CharRange(from = 'a', to = 'b')
          String text) {
    LabelMatcher matcher;
    try {
      matcher = LabelSelectors.parse(text);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining(": ");
      return;
    }
    assertThat(LabelSelectors.parse(matcher.toString())).isEqualTo(matcher);
  }

  @Test
  void labelsOfAServiceSelectExactly() {
    LabelMatcher matcher = LabelMatcher.ofLabels(Map.of("a", "1"));
    assertThat(matcher.matches(Map.of("a", "1", "b", "2"))).isTrue();
    assertThat(matcher.matches(Map.of("a", "2"))).isFalse();
    assertThat(LabelMatcher.of(List.of()).matchesEverything()).isTrue();
  }
}
