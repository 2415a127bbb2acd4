package dev.tiphys.cli.describe;

import dev.tiphys.cli.Durations;
import dev.tiphys.cli.print.Tabbed;
import dev.tiphys.cli.tree.View;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A description while it is written: lines with tabs, two spaces further in a level. */
public final class Page {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ROOT);

  private final StringBuilder text = new StringBuilder();

  /** A line. */
  public void line(int level, String line) {
    text.repeat("  ", level).append(line).append('\n');
  }

  /** A name with its value, aligned with those around. */
  public void field(int level, String name, String value) {
    line(level, name + ":\t" + value);
  }

  /** A name with its value, if there is one. */
  public void fieldIfSet(int level, String name, View value) {
    if (!value.isEmpty()) {
      field(level, name, value.text());
    }
  }

  /** A map, an entry a line, the first beside the name; {@code <none>} for an empty one. */
  public void map(int level, String name, View map) {
    map(level, name, map.texts(), "=");
  }

  /** As {@link #map(int, String, View)}. */
  public void map(int level, String name, Map<String, String> entries, String between) {
    String head = name + ":";
    for (Map.Entry<String, String> entry : new TreeMap<>(entries).entrySet()) {
      line(level, head + "\t" + entry.getKey() + between + entry.getValue());
      head = "";
    }
    if (!head.isEmpty()) {
      line(level, head + "\t<none>");
    }
  }

  /** Labels and annotations, the latter without those that only tools read. */
  public void labelsAndAnnotations(View object) {
    map(0, "Labels", object.at("metadata", "labels"));
    Map<String, String> annotations = object.at("metadata", "annotations").texts();
    annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
    map(0, "Annotations", annotations, ": ");
  }

  /** The lines, aligned. */
  public String text() {
    return Tabbed.align(text.toString());
  }

  /** A point in time as descriptions show it; {@code <unset>} for none. */
  public static String time(View timestamp) {
    Instant instant = timestamp.instant();
    return instant == null ? "<unset>" : TIME.format(instant.atZone(ZoneId.systemDefault()));
  }

  /** How long ago a point in time was. */
  public static String age(@Nullable Instant since, Instant now) {
    return since == null ? "<unknown>" : Durations.shown(Duration.between(since, now));
  }
}
