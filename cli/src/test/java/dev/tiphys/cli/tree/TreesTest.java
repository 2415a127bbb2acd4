package dev.tiphys.cli.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.codec.JsonTree;
import java.util.List;
import org.junit.jupiter.api.Test;

class TreesTest {

  private static JsonTree.Obj json(String text) {
    return (JsonTree.Obj) JsonTree.parse(text);
  }

  @Test
  void objectsLeaveOutWhatHasNoValue() {
    assertThat(Trees.object("a", 1, "b", null, "c", List.of("x"), "d", true).toJson())
        .isEqualTo("{\"a\":1,\"c\":[\"x\"],\"d\":true}");
  }

  @Test
  void settingMakesTheObjectsOnTheWay() {
    assertThat(Trees.set(json("{\"a\":{\"x\":1}}"), "v", "a", "b", "c"))
        .isEqualTo(json("{\"a\":{\"x\":1,\"b\":{\"c\":\"v\"}}}"));
  }

  @Test
  void removingWhatIsNotThereChangesNothing() {
    JsonTree.Obj tree = json("{\"a\":{\"x\":1}}");
    assertThat(Trees.without(tree, "a", "y")).isEqualTo(tree);
    assertThat(Trees.without(tree, "b", "y")).isEqualTo(tree);
    assertThat(Trees.without(tree, "a", "x")).isEqualTo(json("{\"a\":{}}"));
  }

  @Test
  void theDifferenceOfTwoObjectsIsTheirMergePatch() {
    assertThat(
            MergeDiff.between(
                json("{\"same\":1,\"gone\":2,\"in\":{\"a\":1,\"b\":2},\"list\":[1,2]}"),
                json("{\"same\":1,\"in\":{\"a\":1,\"b\":3},\"list\":[1],\"new\":{}}")))
        .isEqualTo(json("{\"gone\":null,\"in\":{\"b\":3},\"list\":[1],\"new\":{}}"));
  }

  @Test
  void equalObjectsDifferByNothing() {
    JsonTree.Obj tree = json("{\"a\":{\"b\":[1,{\"c\":null}]}}");
    assertThat(MergeDiff.between(tree, tree)).isEqualTo(JsonTree.EMPTY_OBJECT);
  }

  @Test
  void jsonIsIndentedByFourAndSorted() {
    assertThat(PrettyJson.write(json("{\"b\":[1,{}],\"a\":\"x\"}")))
        .isEqualTo(
            """
            {
                "a": "x",
                "b": [
                    1,
                    {}
                ]
            }
            """);
  }

  @Test
  void aViewOfNothingAnswersEveryQuestion() {
    View nothing = new View(json("{\"a\":1}")).at("b", "c");
    assertThat(nothing.exists()).isFalse();
    assertThat(nothing.text()).isEmpty();
    assertThat(nothing.items()).isEmpty();
    assertThat(nothing.members()).isEmpty();
    assertThat(nothing.number(7)).isEqualTo(7);
    assertThat(nothing.instant()).isNull();
  }
}
