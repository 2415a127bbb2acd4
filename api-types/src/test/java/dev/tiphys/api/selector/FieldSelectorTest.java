package dev.tiphys.api.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldSelectorTest {

  @Test
  void readsTermsAndSortsThem() {
    assertThat(FieldSelector.parse("b==2,a=1,,c!=3")).hasToString("a=1,b=2,c!=3");
    assertThat(FieldSelector.parse("").matchesEverything()).isTrue();
  }

  @Test
  void matchesFields() {
    Map<String, String> fields = Map.of("metadata.name", "web", "status.phase", "Running");
    assertThat(FieldSelector.parse("metadata.name=web,status.phase!=Failed").matches(fields::get))
        .isTrue();
    assertThat(FieldSelector.parse("metadata.name!=web").matches(fields::get)).isFalse();
    assertThat(FieldSelector.parse("spec.nodeName=").matches(fields::get)).isTrue();
    assertThat(FieldSelector.of("metadata.name", "web").exactValue("metadata.name"))
        .isEqualTo("web");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "a|invalid selector: 'a'; can't understand 'a'",
        "a=1,b|invalid selector: 'a=1,b'; can't understand 'b'",
        "a=b=c|invalid field selector: unescaped character in value: =",
        "a=\\x|invalid field selector: invalid escape sequence: \\x",
      })
  void tellsWhatItCannotRead(String text, String message) {
    assertThatThrownBy(() -> FieldSelector.parse(text)).hasMessage(message);
  }

  @Property
  void anyValueReadsBack(@ForAll String value) {
    FieldSelector selector = FieldSelector.of("a", value);
    assertThat(FieldSelector.parse(selector.toString())).isEqualTo(selector);
  }
}
