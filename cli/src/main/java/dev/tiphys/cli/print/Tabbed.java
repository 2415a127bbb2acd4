package dev.tiphys.cli.print;

import java.util.ArrayList;
import java.util.List;

/**
 * Aligns text at tabs, as {@code describe} prints it: a column reaches over neighbouring lines that
 * have it, and is two spaces wider than its widest cell. Pure.
 */
public final class Tabbed {

  private static final int GAP = 2;

  private Tabbed() {}

  /** The text with spaces in the place of tabs. */
  public static String align(String text) {
    List<String[]> lines = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      lines.add(line.split("\t", -1));
    }
    List<int[]> widths = new ArrayList<>();
    lines.forEach(line -> widths.add(new int[line.length]));
    for (int line = 0; line < lines.size(); line++) {
      for (int column = 0; column < lines.get(line).length - 1; column++) {
        if (widths.get(line)[column] == 0) {
          block(lines, widths, line, column);
        }
      }
    }
    StringBuilder out = new StringBuilder(text.length() * 2);
    for (int line = 0; line < lines.size(); line++) {
      String[] cells = lines.get(line);
      for (int column = 0; column < cells.length; column++) {
        out.append(cells[column]);
        if (column < cells.length - 1) {
          out.repeat(' ', widths.get(line)[column] - length(cells[column]));
        }
      }
      if (line < lines.size() - 1) {
        out.append('\n');
      }
    }
    return out.toString();
  }

  /** Sets the width of the column that begins at a line and goes on while lines have it. */
  private static void block(List<String[]> lines, List<int[]> widths, int first, int column) {
    int width = GAP;
    int end = first;
    while (end < lines.size() && lines.get(end).length - 1 > column) {
      width = Math.max(width, length(lines.get(end)[column]) + GAP);
      end++;
    }
    for (int line = first; line < end; line++) {
      widths.get(line)[column] = width;
    }
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
