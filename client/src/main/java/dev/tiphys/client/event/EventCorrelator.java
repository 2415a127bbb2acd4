package dev.tiphys.client.event;

import dev.tiphys.api.core.v1.Event;
import dev.tiphys.client.Limits;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.environment.TokenBucket;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Decides what becomes of an event, by upstream's numbers: an identical one raises a count; from
 * the tenth message within ten minutes that differs in its text alone they are combined into one;
 * beyond 25 events about one object only one in five minutes goes through.
 *
 * <p>Not thread-safe: the recorder's one writing task owns it.
 */
final class EventCorrelator {

  private static final int SIMILAR = 10;
  private static final Duration SIMILAR_WITHIN = Duration.ofMinutes(10);
  private static final int BURST = 25;
  private static final double PER_SECOND = 1.0 / 300;

  private final Environment environment;
  private final Map<Subject, TokenBucket> throttles = recent();
  private final Map<Series, Similar> similar = recent();
  private final Map<Identity, Seen> seen = recent();

  EventCorrelator(Environment environment) {
    this.environment = environment;
  }

  /**
   * What to write.
   *
   * @param event with its name and count
   * @param repeated whether an event of that name was written before
   */
  record Outcome(Event event, boolean repeated) {}

  private record Subject(@Nullable String kind, @Nullable String uid, String name) {}

  private record Series(Subject subject, @Nullable String type, @Nullable String reason) {}

  private record Identity(Series series, @Nullable String fieldPath, @Nullable String message) {}

  private record Seen(String name, int count, @Nullable Instant first) {}

  private static final class Similar {
    final Set<String> messages = new HashSet<>();
    Duration last = Duration.ZERO;
  }

  /** What to write for an event, or null if it is one too many. */
  @Nullable Outcome observe(Event event) {
    var about = event.involvedObject();
    Subject subject =
        about == null
            ? new Subject(null, null, "")
            : new Subject(about.kind(), about.uid(), about.namespace() + "/" + about.name());
    Series series = new Series(subject, event.type(), event.reason());
    Event combined = combine(series, event);
    Identity identity =
        combined == event
            ? new Identity(series, about == null ? null : about.fieldPath(), event.message())
            : new Identity(series, null, null);
    Seen before = seen.get(identity);
    Event counted =
        before == null
            ? combined
            : combined
                .withMetadata(combined.metadata().withName(before.name))
                .withCount(before.count + 1)
                .withFirstTimestamp(before.first);
    seen.put(
        identity,
        new Seen(
            String.valueOf(counted.metadata().name()),
            before == null ? 1 : before.count + 1,
            counted.firstTimestamp()));
    TokenBucket throttle =
        throttles.computeIfAbsent(subject, any -> new TokenBucket(PER_SECOND, BURST, environment));
    return throttle.tryTake() ? new Outcome(counted, before != null) : null;
  }

  private Event combine(Series series, Event event) {
    Similar group = similar.computeIfAbsent(series, any -> new Similar());
    Duration now = environment.uptime();
    if (now.minus(group.last).compareTo(SIMILAR_WITHIN) > 0) {
      group.messages.clear();
    }
    group.last = now;
    group.messages.add(Objects.requireNonNullElse(event.message(), ""));
    if (group.messages.size() < SIMILAR) {
      return event;
    }
    group.messages.remove(group.messages.iterator().next());
    return event.withMessage("(combined from similar events): " + event.message());
  }

  /** The merge patch that brings an event that was written before up to date. */
  static String patch(Event event) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeName("count");
      json.writeNumber(Objects.requireNonNullElse(event.count(), 1));
      json.writeName("lastTimestamp");
      json.writeString(
          DateTimeFormatter.ISO_INSTANT.format(
              Objects.requireNonNullElse(event.lastTimestamp(), Instant.EPOCH)));
      json.writeName("message");
      json.writeString(event.message());
      json.writeEndObject();
    }
    return text.toString();
  }

  private static <K, V> Map<K, V> recent() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > Limits.EVENT_SERIES;
      }
    };
  }
}
