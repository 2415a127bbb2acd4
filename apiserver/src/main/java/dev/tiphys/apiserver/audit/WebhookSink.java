package dev.tiphys.apiserver.audit;

import dev.tiphys.api.audit.v1.Event;
import dev.tiphys.api.audit.v1.EventList;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.meta.v1.ListMeta;
import dev.tiphys.apiserver.outbound.PatientCalls;
import dev.tiphys.apiserver.outbound.Remote;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Posts events to a webhook as an EventList. Thread-safe; blocks. */
public final class WebhookSink implements AuditSink {

  private final Remote webhook;
  private final PatientCalls calls;
  private final Duration firstPause;

  /**
   * Posts over the network.
   *
   * @param firstPause before a batch is posted again
   */
  public WebhookSink(Remote webhook, PatientCalls calls, Duration firstPause) {
    this.webhook = webhook;
    this.calls = calls;
    this.firstPause = firstPause;
  }

  @Override
  public String name() {
    return "webhook";
  }

  @Override
  public void take(List<Event> events) throws SinkException {
    EventList list = EventList.builder().metadata(ListMeta.EMPTY).items(events).build();
    try {
      calls.insist(webhook, JsonCodec.encode(list), Limits.WEBHOOK, firstPause);
    } catch (IOException e) {
      throw new SinkException(name(), events.size(), String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    // Connections are the pool's.
  }
}
