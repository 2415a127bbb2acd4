package dev.tiphys.api.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SharedTextsTest {

  @Test
  void equalTextsBecomeOne() {
    for (String text : List.of("app", "registry.example.com/app:1", "{}".repeat(500))) {
      String first = SharedTexts.share(new String(text.toCharArray()));

      assertThat(SharedTexts.share(new String(text.toCharArray()))).isSameAs(first);
    }
  }

  @Test
  void whateverIsRememberedTheTextIsTheSame() {
    for (int i = 0; i < 20_000; i++) {
      assertThat(SharedTexts.share("text-" + i)).isEqualTo("text-" + i);
    }
  }
}
