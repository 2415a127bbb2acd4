package dev.tiphys.cli.print;

import java.util.List;

/**
 * What of a table is shown.
 *
 * @param wide also the columns for {@code -o wide}
 * @param namespaces a column of namespaces first
 * @param namePrefix stands before names, as {@code pod/}; may be empty
 * @param labelColumns labels that get columns of their own
 * @param showLabels all labels in a last column
 */
public record TableOptions(
    boolean wide,
    boolean namespaces,
    String namePrefix,
    List<String> labelColumns,
    boolean showLabels) {

  /** The same with another prefix. */
  public TableOptions withPrefix(String prefix) {
    return new TableOptions(wide, namespaces, prefix, labelColumns, showLabels);
  }
}
