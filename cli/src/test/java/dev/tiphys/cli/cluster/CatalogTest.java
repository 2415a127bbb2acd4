package dev.tiphys.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.select.Arguments;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogTest {

  private static ApiResource resource(
      String group, String version, String kind, String plural, String shortName, String category) {
    return new ApiResource(
        group,
        version,
        kind,
        plural,
        plural.substring(0, plural.length() - 1),
        List.of(shortName),
        List.of(category),
        true,
        List.of("list"),
        List.of());
  }

  private static final Catalog CATALOG =
      new Catalog(
          List.of(
              resource("", "v1", "Pod", "pods", "po", "all"),
              resource("", "v1", "Event", "events", "ev", ""),
              resource("apps", "v1", "Deployment", "deployments", "deploy", "all"),
              resource("apps", "v1beta1", "Deployment", "deployments", "deploy", "all"),
              resource("events.k8s.io", "v1", "Event", "events", "ev", "")));

  @ParameterizedTest
  @CsvSource({
    "pods, v1",
    "pod, v1",
    "po, v1",
    "Pod, v1",
    "deploy, apps/v1",
    "deployments.apps, apps/v1",
    "deployments.v1beta1.apps, apps/v1beta1",
    "events, v1",
    "events.events.k8s.io, events.k8s.io/v1",
    "ev.events, events.k8s.io/v1"
  })
  void resourcesAreFoundByAnyName(String typed, String apiVersion) {
    assertThat(CATALOG.require(typed).apiVersion()).isEqualTo(apiVersion);
  }

  @Test
  void unknownResourcesAreNamed() {
    assertThatThrownBy(() -> CATALOG.require("widgets"))
        .isInstanceOf(Failure.class)
        .hasMessage("the server doesn't have a resource type \"widgets\"");
  }

  @Test
  void aCategoryStandsForItsResourcesInOneVersionEach() {
    assertThat(Arguments.parse(List.of("all"), CATALOG))
        .extracting(asked -> asked.resource().qualified())
        .containsExactly("pods", "deployments.apps");
  }

  @Test
  void argumentsNameResourcesAndObjects() {
    assertThat(Arguments.parse(List.of("po,deploy", "a", "b"), CATALOG))
        .extracting(asked -> asked.resource().plural() + " " + asked.name())
        .containsExactly("pods a", "pods b", "deployments a", "deployments b");
    assertThat(Arguments.parse(List.of("po/a", "deploy/b"), CATALOG))
        .extracting(asked -> asked.resource().plural() + " " + asked.name())
        .containsExactly("pods a", "deployments b");
    assertThatThrownBy(() -> Arguments.parse(List.of("pods", "po/a"), CATALOG))
        .hasMessageContaining("there is no need to specify a resource type");
  }

  @Test
  void bothFormsOfDiscoveryTellTheSame() {
    Map<String, String> aggregated =
        Map.of(
            "/api",
            """
            {"kind": "APIGroupDiscoveryList", "items": [{"metadata": {}, "versions": [
              {"version": "v1", "resources": [{"resource": "pods", "singularResource": "pod",
                "scope": "Namespaced", "responseKind": {"kind": "Pod"}, "verbs": ["get"],
                "shortNames": ["po"], "categories": ["all"],
                "subresources": [{"subresource": "log"}]}]}]}]}
            """,
            "/apis",
            """
            {"kind": "APIGroupDiscoveryList", "items": []}
            """);
    Map<String, String> legacy =
        Map.of(
            "/api",
            "{\"kind\": \"APIVersions\", \"versions\": [\"v1\"]}",
            "/apis",
            "{\"kind\": \"APIGroupList\", \"groups\": []}",
            "/api/v1",
            """
            {"kind": "APIResourceList", "resources": [
              {"name": "pods", "singularName": "pod", "namespaced": true, "kind": "Pod",
               "verbs": ["get"], "shortNames": ["po"], "categories": ["all"]},
              {"name": "pods/log", "kind": "Pod"}]}
            """);
    assertThat(
            Discovery.ask(path -> (JsonTree.Obj) JsonTree.parse(aggregated.getOrDefault(path, ""))))
        .isEqualTo(
            Discovery.ask(path -> (JsonTree.Obj) JsonTree.parse(legacy.getOrDefault(path, ""))));
  }
}
