package dev.tiphys.cli.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WritingTest {

  @ParameterizedTest
  @CsvSource({
    "tiphys.local/echo:1, echo",
    "registry:5000/team/My_App@sha256:abc, my-app",
    "nginx, nginx",
    "a/---, container"
  })
  void containersAreNamedAfterTheirImage(String image, String name) {
    assertThat(CreateDeploymentVerb.containerName(image)).isEqualTo(name);
  }

  @Test
  void pairsStandBehindWhatTheyAreAbout() {
    Pairs pairs = Pairs.parse(List.of("pod", "web-0", "a=1", "b=x=y", "old-"), "label");
    assertThat(pairs.resources()).containsExactly("pod", "web-0");
    assertThat(pairs.set()).isEqualTo(Map.of("a", "1", "b", "x=y"));
    assertThat(pairs.remove()).containsExactly("old");
    assertThatThrownBy(() -> Pairs.parse(List.of("pod", "a=1", "web-0"), "label"))
        .isInstanceOf(Failure.class);
    assertThatThrownBy(() -> Pairs.parse(List.of("pod", "a=1", "a-"), "label"))
        .hasMessageContaining("can not both modify and remove");
  }

  @Test
  void labelsTellWhetherTheyCameOrWent() {
    assertThat(LabelVerb.done(Map.of("a", "1"), Map.of("a", "2"))).isEqualTo("labeled");
    assertThat(LabelVerb.done(Map.of("a", "1"), Map.of("a", "1"))).isEqualTo("not labeled");
    assertThat(LabelVerb.done(Map.of("a", "1", "b", "2"), Map.of("a", "1"))).isEqualTo("unlabeled");
  }

  @Test
  void mergingFollowsRfc7386() {
    assertThat(
            Merge.of(
                JsonTree.parse("{\"a\":{\"b\":1,\"c\":2},\"d\":[1,2]}"),
                JsonTree.parse("{\"a\":{\"b\":null,\"x\":{\"y\":1}},\"d\":[3]}")))
        .isEqualTo(JsonTree.parse("{\"a\":{\"c\":2,\"x\":{\"y\":1}},\"d\":[3]}"));
  }

  @Test
  void imagesAreSetByContainerNameOrForAll() {
    JsonTree.Obj pod =
        (JsonTree.Obj)
            JsonTree.parse(
                """
                {"initContainers": [{"name": "i", "image": "old"}],
                 "containers": [{"name": "c", "image": "old", "tty": true}]}
                """);
    assertThat(SetImageVerb.withImages(pod, Map.of("c", "new")))
        .isEqualTo(
            JsonTree.parse(
                """
                {"initContainers": [{"name": "i", "image": "old"}],
                 "containers": [{"name": "c", "image": "new", "tty": true}]}
                """));
    assertThat(SetImageVerb.withImages(pod, Map.of("*", "new")).toJson()).doesNotContain("old");
    assertThatThrownBy(() -> SetImageVerb.withImages(pod, Map.of("x", "new")))
        .hasMessage("unable to find container named \"x\"");
  }
}
