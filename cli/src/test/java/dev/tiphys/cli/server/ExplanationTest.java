package dev.tiphys.cli.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.tree.View;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplanationTest {

  private static final ApiResource WIDGETS =
      new ApiResource(
          "x.io", "v1", "Widget", "widgets", "widget", List.of(), List.of(), true, List.of(),
          List.of());

  private static final Schemas SCHEMAS =
      new Schemas(
          new View(
              JsonTree.parse(
                  """
                  {"components": {"schemas": {
                    "io.x.v1.Widget": {"description": "A widget.",
                      "x-kubernetes-group-version-kind":
                        [{"group": "x.io", "version": "v1", "kind": "Widget"}],
                      "properties": {
                        "kind": {"type": "string", "description": "What it is."},
                        "spec": {"description": "What is wanted.",
                          "allOf": [{"$ref": "#/components/schemas/io.x.v1.WidgetSpec"}]}}},
                    "io.x.v1.WidgetSpec": {"description": "A wish.", "required": ["size"],
                      "properties": {
                        "size": {"type": "integer", "description": "How large."},
                        "mode": {"type": "string", "enum": ["On", "Off"],
                          "description": "Whether."},
                        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                        "parts": {"type": "array", "items":
                          {"$ref": "#/components/schemas/io.x.v1.WidgetSpec"}}}}}}}
                  """)));

  private static String explain(boolean recursive, String... path) {
    return new Explanation(SCHEMAS, WIDGETS, recursive).of(List.of(path));
  }

  @Test
  void aKindIsExplainedWithItsFields() {
    assertThat(explain(false))
        .isEqualTo(
            """
            GROUP:      x.io
            KIND:       Widget
            VERSION:    v1

            DESCRIPTION:
                A widget.
               \s
            FIELDS:
              kind\t<string>
                What it is.

              spec\t<WidgetSpec>
                What is wanted.


            """);
  }

  @Test
  void aFieldSaysItsTypeAndWhatItsTypeSays() {
    assertThat(explain(false, "spec"))
        .contains("FIELD: spec <WidgetSpec>\n\n\nDESCRIPTION:\n    What is wanted.\n    A wish.\n")
        .contains("  mode\t<string>\n  enum: On, Off\n    Whether.\n")
        .contains("  labels\t<map[string]string>\n    <no description>\n")
        .contains("  size\t<integer> -required-\n    How large.\n");
  }

  @Test
  void recursionEndsWhereATypeContainsItself() {
    assertThat(explain(true))
        .endsWith(
            """
            FIELDS:
              kind\t<string>
              spec\t<WidgetSpec>
                labels\t<map[string]string>
                mode\t<string>
                enum: On, Off
                parts\t<[]WidgetSpec>
                size\t<integer> -required-

            """);
  }

  @Test
  void unknownFieldsAreNamed() {
    assertThatThrownBy(() -> explain(false, "spec", "parts", "colour"))
        .hasMessage("field \"colour\" does not exist");
  }
}
