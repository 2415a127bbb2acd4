package dev.tiphys.store.mvcc;

import dev.tiphys.store.rpc.Event;
import dev.tiphys.store.rpc.ResponseHeader;
import dev.tiphys.store.rpc.WatchResponse;
import java.io.IOException;
import java.util.List;

/**
 * Writes changes as responses: a revision whole, several revisions together where they are small,
 * and big ones in fragments where the client takes them. The header's revision is that of the last
 * event: never ahead of what was sent.
 */
final class WatchResponses {
  private final Machine machine;
  private final int maxBytes;
  private final WatchSession.Sink sink;

  WatchResponses(Machine machine, int maxBytes, WatchSession.Sink sink) {
    this.machine = machine;
    this.maxBytes = maxBytes;
    this.sink = sink;
  }

  void send(Watcher watcher, List<Change> changes) throws InterruptedException, IOException {
    var response = reply(0, watcher.id);
    int bytes = 0;
    for (int i = 0; i < changes.size(); i++) {
      var change = changes.get(i);
      for (var event : change.events()) {
        var wire = wire(event, watcher, change.revision());
        int size = wire.getSerializedSize();
        if (watcher.fragment && bytes + size > maxBytes && response.getEventsCount() > 0) {
          sink.send(response.setHeader(header(change.revision())).setFragment(true).build());
          response = reply(0, watcher.id);
          bytes = 0;
        }
        response.addEvents(wire);
        bytes += size;
      }
      boolean last = i == changes.size() - 1;
      if (last || bytes > maxBytes / 2) {
        sink.send(response.setHeader(header(change.revision())).build());
        response = reply(0, watcher.id);
        bytes = 0;
      }
    }
  }

  static WatchResponse refusal(long revision, String reason) {
    return reply(revision, -1).setCreated(true).setCanceled(true).setCancelReason(reason).build();
  }

  static WatchResponse.Builder reply(long revision, long id) {
    return WatchResponse.newBuilder().setHeader(header(revision)).setWatchId(id);
  }

  private Event wire(Change.KeyEvent event, Watcher watcher, long revision) throws IOException {
    if (!watcher.previous) {
      return event.event();
    }
    var built = event.withPrevious();
    return built != null ? built : event.withPrevious(machine.previous(event.key(), revision));
  }

  private static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder().setRevision(revision).build();
  }
}
