package dev.tiphys.cli.print;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows in columns as {@code get} prints them: at least six wide, three spaces between, nothing
 * behind the last. Remembers how wide columns were, so rows that come later stand below those
 * before.
 */
public final class Grid {

  private static final int LEAST = 6;
  private static final int GAP = 3;

  private final List<Integer> widths = new ArrayList<>();

  /** The rows as text, each ending with a line break. */
  public String lines(List<List<String>> rows) {
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        int width = Math.max(LEAST, length(row.get(i)) + GAP);
        if (i == widths.size()) {
          widths.add(width);
        } else {
          widths.set(i, Math.max(widths.get(i), width));
        }
      }
    }
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        String cell = row.get(i);
        out.append(cell);
        if (i < row.size() - 1) {
          out.repeat(' ', widths.get(i) - length(cell));
        }
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
