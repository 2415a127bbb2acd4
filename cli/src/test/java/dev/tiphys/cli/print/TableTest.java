package dev.tiphys.cli.print;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.codec.JsonTree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:02:00Z");
  private static final TableOptions PLAIN = new TableOptions(false, false, "", List.of(), false);

  private static Table table() {
    return Table.read(
        (JsonTree.Obj)
            JsonTree.parse(
                """
                {"kind": "Table",
                 "columnDefinitions": [
                   {"name": "Name", "priority": 0}, {"name": "Ready", "priority": 0},
                   {"name": "Node", "priority": 1}],
                 "rows": [
                   {"cells": ["web-0", "1/1", "n1"],
                    "object": {"metadata": {"name": "web-0", "namespace": "x",
                      "labels": {"b": "2", "a": "1"}}}},
                   {"cells": ["a-rather-long-name", null, "two\\nlines"],
                    "object": {"metadata": {"namespace": "y"}}}]}
                """),
        NOW);
  }

  private static String text(TableOptions options) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(table().header(options));
    lines.addAll(table().lines(options));
    return new Grid().lines(lines);
  }

  @Test
  void columnsAreSixWideAtLeastAndThreeApart() {
    assertThat(text(PLAIN))
        .isEqualTo(
            """
            NAME                 READY
            web-0                1/1
            a-rather-long-name   <none>
            """);
  }

  @Test
  void wideShowsAllColumnsAndOnlyTheFirstLineOfACell() {
    assertThat(text(new TableOptions(true, true, "pod/", List.of("a"), true)))
        .isEqualTo(
            """
            NAMESPACE   NAME                     READY    NODE     A     LABELS
            x           pod/web-0                1/1      n1       1     a=1,b=2
            y           pod/a-rather-long-name   <none>   two...         <none>
            """);
  }

  @Test
  void rowsThatComeLaterStandBelowThoseBefore() {
    Grid grid = new Grid();
    grid.lines(List.of(List.of("a-long-first-cell", "x")));
    assertThat(grid.lines(List.of(List.of("b", "y")))).isEqualTo("b                   y\n");
  }

  @Test
  void objectsWithoutATableShowNameAndAge() {
    Table table =
        Table.read(
            (JsonTree.Obj)
                JsonTree.parse(
                    """
                    {"kind": "Thing", "metadata": {"name": "t",
                     "creationTimestamp": "2026-01-01T00:00:00Z"}}
                    """),
            NOW);
    assertThat(table.lines(PLAIN)).containsExactly(List.of("t", "2m"));
  }

  @Test
  void descriptionsAlignNeighbouringLinesOnly() {
    assertThat(Tabbed.align("a:\tx\nlonger:\ty\nplain\nb:\tz\n"))
        .isEqualTo("a:       x\nlonger:  y\nplain\nb:  z\n");
  }

  @Test
  void labelSelectorsAreWrittenAsText() {
    JsonTree selector =
        JsonTree.parse(
            """
            {"matchLabels": {"b": "2", "a": "1"}, "matchExpressions": [
              {"key": "k", "operator": "In", "values": ["y", "x"]},
              {"key": "n", "operator": "NotIn", "values": ["z"]},
              {"key": "e", "operator": "Exists"}, {"key": "d", "operator": "DoesNotExist"}]}
            """);
    assertThat(Labels.selector(new dev.tiphys.cli.tree.View(selector)))
        .isEqualTo("a=1,b=2,k in (x,y),n notin (z),e,!d");
  }
}
