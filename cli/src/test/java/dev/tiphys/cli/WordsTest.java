package dev.tiphys.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {

  private static Words split(String line) {
    return Words.split(List.of(line.split(" ")));
  }

  @Test
  void globalOptionsMayStandBeforeTheVerb() {
    Words words = split("-n kube-system --context=a get pods");
    assertThat(words.verb()).isEqualTo("get");
    assertThat(words.arguments()).containsExactly("-n", "kube-system", "--context=a", "pods");
  }

  @Test
  void aVerbMayHaveTwoWordsWithOptionsBetween() {
    Words words = split("rollout -n x status deployment/web");
    assertThat(words.verb()).isEqualTo("rollout status");
    assertThat(words.arguments()).containsExactly("-n", "x", "deployment/web");
  }

  @Test
  void aGroupThatIsAVerbItselfTakesOtherWordsAsArguments() {
    assertThat(split("create -f a.yaml").verb()).isEqualTo("create");
    assertThat(split("create deploy web").verb()).isEqualTo("create deploy");
  }

  @Test
  void optionsWithOptionalValuesDoNotTakeTheNextWord() {
    assertThat(split("create deployment --dry-run web").arguments())
        .containsExactly("--dry-run=unchanged", "web");
    assertThat(split("exec web -- run --dry-run").arguments())
        .containsExactly("web", "--", "run", "--dry-run");
  }

  @Test
  void helpStandsBeforeOrBehindTheVerb() {
    assertThat(split("help").verb()).isEmpty();
    Words words = split("help get");
    assertThat(words.verb()).isEqualTo("get");
    assertThat(words.arguments()).containsExactly("--help");
  }

  @Test
  void unknownVerbsAreNamed() {
    assertThatThrownBy(() -> split("frobnicate pods"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("unknown command \"frobnicate\"");
    assertThatThrownBy(() -> split("rollout sideways x"))
        .hasMessageContaining("history, pause, restart, resume, status, undo");
  }
}
