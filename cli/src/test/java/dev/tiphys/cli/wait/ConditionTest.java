package dev.tiphys.cli.wait;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.codec.JsonTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionTest {

  private static final JsonTree.Obj POD =
      (JsonTree.Obj)
          JsonTree.parse(
              """
              {"metadata": {"name": "a", "generation": 1}, "status": {"phase": "Running",
               "conditions": [{"type": "Ready", "status": "True"},
                {"type": "Stale", "status": "True", "observedGeneration": 0}]}}
              """);

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "condition=Ready; true",
        "condition=ready=TRUE; true",
        "condition=Ready=False; false",
        "condition=Missing; false",
        "condition=Stale; false",
        "jsonpath={.status.phase}=Running; true",
        "jsonpath='{.status.phase}'=Running; true",
        "jsonpath=.status.phase=Pending; false",
        "jsonpath={.status.phase}; true",
        "jsonpath={.status.missing}; false",
        "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}=True; true",
        "create; true",
        "delete; false",
      })
  void conditionsHoldOrNot(String text, boolean holds) {
    assertThat(Condition.parse(text).holds(POD)).isEqualTo(holds);
  }

  @Test
  void otherWordsAreRefused() {
    assertThatThrownBy(() -> Condition.parse("sunshine"))
        .hasMessage("unrecognized condition: \"sunshine\"");
    assertThatThrownBy(() -> Condition.parse("jsonpath={.a}="))
        .hasMessage("jsonpath wait has to have a value after equal sign");
  }
}
