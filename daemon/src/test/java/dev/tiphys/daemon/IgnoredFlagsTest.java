package dev.tiphys.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IgnoredFlagsTest {

  private final IgnoredFlags flags =
      new IgnoredFlags(Set.of("--feature-gates"), Set.of("--profiling"));

  @Test
  void valuesGoWithTheirFlags() {
    IgnoredFlags.Split split =
        flags.split(
            List.of(
                "--feature-gates", "A=true", "--port=1", "--feature-gates=B=true", "--profiling"));

    assertThat(split.arguments()).containsExactly("--port=1");
    assertThat(split.ignored())
        .containsExactly("--feature-gates", "--feature-gates", "--profiling");
  }

  @Test
  void aBooleanDoesNotTakeTheNextArgument() {
    IgnoredFlags.Split split = flags.split(List.of("--profiling", "--port", "1"));

    assertThat(split.arguments()).containsExactly("--port", "1");
  }
}
