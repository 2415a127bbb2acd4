package dev.tiphys.apiserver.audit;

import dev.tiphys.api.audit.v1.Event;
import dev.tiphys.api.codec.JsonCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the bodies out of events that are too long for whom they go to, and divides batches that
 * are. Thread-safe.
 */
final class TruncatingSink implements AuditSink {

  private static final String TRUNCATED = "audit.k8s.io/truncated";

  private final AuditSink behind;
  private final TruncateSettings settings;

  TruncatingSink(AuditSink behind, TruncateSettings settings) {
    this.behind = behind;
    this.settings = settings;
  }

  @Override
  public String name() {
    return "truncate";
  }

  @Override
  public void take(List<Event> events) throws SinkException {
    int dropped = 0;
    List<Event> batch = new ArrayList<>();
    long size = 0;
    for (Event event : events) {
      Event kept = event;
      long length = length(kept);
      if (length > settings.eventBytes()) {
        kept = truncated(kept);
        length = length(kept);
      }
      if (length > settings.eventBytes()) {
        dropped++;
        continue;
      }
      if (!batch.isEmpty() && size + length > settings.batchBytes()) {
        behind.take(batch);
        batch = new ArrayList<>();
        size = 0;
      }
      batch.add(kept);
      size += length;
    }
    if (!batch.isEmpty()) {
      behind.take(batch);
    }
    if (dropped > 0) {
      throw new SinkException(name(), dropped, "event is too large even after truncating");
    }
  }

  private static long length(Event event) {
    return JsonCodec.encode(event).length;
  }

  private static Event truncated(Event event) {
    Map<String, String> annotations = new LinkedHashMap<>(event.annotations());
    annotations.put(TRUNCATED, "true");
    return event.toBuilder()
        .requestObject(null)
        .responseObject(null)
        .annotations(annotations)
        .build();
  }

  @Override
  public void close() {
    behind.close();
  }
}
