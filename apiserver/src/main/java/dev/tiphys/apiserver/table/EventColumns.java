package dev.tiphys.apiserver.table;

import static dev.tiphys.apiserver.table.Cells.text;

import dev.tiphys.api.core.v1.Event;
import dev.tiphys.api.core.v1.EventSeries;
import dev.tiphys.api.core.v1.EventSource;
import dev.tiphys.api.core.v1.ObjectReference;
import dev.tiphys.apiserver.table.Columns.Column;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The row of an Event. */
final class EventColumns {

  static final List<Column> HEADINGS =
      List.of(
          Column.of("Last Seen", "string"),
          Column.of("Type", "string"),
          Column.of("Reason", "string"),
          Column.of("Object", "string"),
          Column.wide("Subobject"),
          Column.wide("Source"),
          Column.of("Message", "string"),
          Column.wide("First Seen"),
          Column.wide("Count"),
          new Column("Name", "string", "name", "", 1));

  static final Columns<Event> COLUMNS = new Columns<>(HEADINGS, EventColumns::row);

  private EventColumns() {}

  static List<@Nullable Object> row(Event event, Instant now) {
    Instant first = event.firstTimestamp() == null ? event.eventTime() : event.firstTimestamp();
    Instant last = event.lastTimestamp() == null ? first : event.lastTimestamp();
    int count = Cells.number(event.count());
    EventSeries series = event.series();
    if (series != null) {
      count = Cells.number(series.count());
      last = series.lastObservedTime();
    } else if (count == 0) {
      count = 1;
    }
    ObjectReference object =
        event.involvedObject() == null ? ObjectReference.builder().build() : event.involvedObject();
    String kind = text(object.kind()).toLowerCase(Locale.ROOT);
    String name = text(object.name());
    return Arrays.asList(
        Cells.since(last, now),
        text(event.type()),
        text(event.reason()),
        name.isEmpty() ? kind : kind + "/" + name,
        text(object.fieldPath()),
        source(event),
        text(event.message()).strip(),
        Cells.since(first, now),
        count,
        Cells.name(event));
  }

  private static String source(Event event) {
    EventSource source = event.source();
    String component = source == null ? "" : text(source.component());
    String host = source == null ? "" : text(source.host());
    if (component.isEmpty()) {
      component = text(event.reportingComponent());
      host = text(event.reportingInstance());
    }
    return host.isEmpty() ? component : component + ", " + host;
  }
}
