package dev.tiphys.cli.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.codec.JsonTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPathTest {

  private static final JsonTree LIST =
      JsonTree.parse(
          """
          {"kind": "List", "items": [
            {"metadata": {"name": "a", "labels": {"app.kubernetes.io/name": "x"}},
             "spec": {"replicas": 1, "ports": [80, 81, 82, 83]},
             "status": {"conditions": [
               {"type": "Ready", "status": "True"}, {"type": "Other", "status": "False"}]}},
            {"metadata": {"name": "b"}, "spec": {"replicas": 20}}]}
          """);

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{.kind}; List",
        "{$.kind}; List",
        "{.items[*].metadata.name}; a b",
        "{.items[0].metadata.name}; a",
        "{.items[-1].metadata.name}; b",
        "{.items[-1:].metadata.name}; b",
        "{.items[0].spec.ports[1:3]}; 81 82",
        "{.items[0].spec.ports[::2]}; 80 82",
        "{.items[0].spec.ports[0,2]}; 80 82",
        "{.items[*]['metadata.name', 'spec.replicas']}; a b 1 20",
        "{.items[0].metadata.labels.app\\.kubernetes\\.io/name}; x",
        "{.items[0].metadata.labels['app\\.kubernetes\\.io/name']}; x",
        "{..name}; a b",
        "{.items[?(@.metadata.name==\"b\")].spec.replicas}; 20",
        "{.items[?(@.spec.replicas>3)].metadata.name}; b",
        "{.items[?(@.spec.ports)].metadata.name}; a",
        "{.items[0].status.conditions[?(@.type=='Ready')].status}; True",
        "{.items[1].spec}; {\"replicas\":20}",
        "{.items[0].missing.field}; ``",
        "name={.items[0].metadata.name}!; name=a!",
        "{range .items[*]}{.metadata.name}:{.spec.replicas},{end}; a:1,b:20,",
        "{range .items[*]}{@.metadata.name}{' '}{end}done; a b done",
      })
  void printsWhatTheTemplateFinds(String template, String expected) {
    assertThat(JsonPath.template(template).print(LIST)).isEqualTo(expected);
  }

  @Test
  void escapesInQuotesAreLineBreaksAndTabs() {
    assertThat(JsonPath.template("{range .items[*]}{.metadata.name}{\"\\t\\n\"}{end}").print(LIST))
        .isEqualTo("a\t\nb\t\n");
  }

  @Test
  void relaxedExpressionsNeedNeitherBracesNorDot() {
    for (String text : new String[] {"{.kind}", ".kind", "kind", "$.kind"}) {
      assertThat(JsonPath.relaxed(text).find(LIST)).containsExactly(new JsonTree.Text("List"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{.items[; unclosed",
        "{range .items[*]}x; unterminated range",
        "{end}; nothing to end",
        "{.a; unclosed action",
        "{.items[?(@.a==b)]}; unrecognized identifier b",
        "{\"abc}; unterminated quoted string",
      })
  void tellsWhatIsWrongWithATemplate(String template, String problem) {
    assertThatThrownBy(() -> JsonPath.template(template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("error parsing jsonpath")
        .satisfies(e ->
            assertThat(e.getMessage())
                .matches(message ->
                    message.contains(problem) || message.contains("invalid array index")));
  }
}
