package dev.tiphys.api.value;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotedTextTest {

  @Test
  void escapesWhatCannotBePrinted() {
    assertThat(QuotedText.of("a\"b\\c\n\t\u0001\u007f"))
        .isEqualTo("\"a\\\"b\\\\c\\n\\t\\x01\\x7f\"");
  }

  @Test
  void keepsLettersOfAllScripts() {
    assertThat(QuotedText.of("übér 世界 😀")).isEqualTo("\"übér 世界 😀\"");
    assertThat(QuotedText.of("\u00a0\u200b")).isEqualTo("\"\\u00a0\\u200b\"");
  }
}
