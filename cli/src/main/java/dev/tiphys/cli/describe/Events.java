package dev.tiphys.cli.describe;

import dev.tiphys.api.Resources;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.select.Lists;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.View;
import dev.tiphys.client.ApiException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What happened to an object, at the end of its description. */
final class Events {

  private Events() {}

  /** Asks for the events of an object and writes them, the oldest first. */
  static void describe(Page page, Session session, Target target, View object) {
    String uid = object.at("metadata", "uid").text();
    // Nodes' events carry the node's name as uid.
    boolean node = target.resource().kind().equals("Node");
    String selector =
        "involvedObject.name="
            + target.name()
            + ",involvedObject.kind="
            + target.resource().kind()
            + (node || uid.isEmpty() ? "" : ",involvedObject.uid=" + uid);
    List<View> events;
    try {
      events =
          Lists.of(
                  session.cluster(),
                  ApiResource.of(Resources.EVENTS),
                  target.namespace(),
                  "",
                  selector)
              .stream()
              .map(View::new)
              .toList();
    } catch (ApiException.Forbidden e) {
      page.field(0, "Events", "<" + e.getMessage() + ">");
      return;
    }
    write(page, events, session.now());
  }

  static void write(Page page, List<View> events, Instant now) {
    if (events.isEmpty()) {
      page.field(0, "Events", "<none>");
      return;
    }
    page.line(0, "Events:");
    page.line(1, "Type\tReason\tAge\tFrom\tMessage");
    page.line(1, "----\t------\t----\t----\t-------");
    events.stream()
        .sorted(Comparator.comparing(each -> Objects.requireNonNullElse(last(each), Instant.MIN)))
        .forEach(each -> page.line(1, row(each, now)));
  }

  private static String row(View event, Instant now) {
    return event.at("type").text()
        + "\t"
        + event.at("reason").text()
        + "\t"
        + age(event, now)
        + "\t"
        + event.at("source", "component").textOr(event.at("reportingComponent").text())
        + "\t"
        + event.at("message").text().strip();
  }

  private static String age(View event, Instant now) {
    long count = event.at("series", "count").number(event.at("count").number(1));
    Instant first = event.at("firstTimestamp").instant();
    String age = Page.age(last(event), now);
    return count > 1
        ? age
            + " (x"
            + count
            + " over "
            + Page.age(first == null ? event.at("eventTime").instant() : first, now)
            + ")"
        : age;
  }

  private static @Nullable Instant last(View event) {
    for (View each :
        List.of(
            event.at("series", "lastObservedTime"),
            event.at("lastTimestamp"),
            event.at("eventTime"),
            event.at("firstTimestamp"))) {
      Instant instant = each.instant();
      if (instant != null) {
        return instant;
      }
    }
    return event.at("metadata", "creationTimestamp").instant();
  }
}
