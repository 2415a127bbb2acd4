package dev.tiphys.store.mvcc;

import dev.tiphys.store.rpc.Event;
import dev.tiphys.store.rpc.ResponseHeader;
import dev.tiphys.store.rpc.WatchResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes changes as responses: a revision whole, several revisions together where they are small,
 * and big ones in fragments where the client takes them. The header's revision is that of the last
 * event: never ahead of what was sent. For one thread.
 */
final class WatchResponses {
  private final Machine machine;
  private final int maxBytes;
  private final WatchSession.Sink sink;
  private List<Part> last = List.of();
  private List<Change> lastChanges = List.of();
  private boolean lastPrevious;

  /** The events of one response, encoded, and the revision of the last of them. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  private record Part(long revision, byte[] events) {}

  WatchResponses(Machine machine, int maxBytes, WatchSession.Sink sink) {
    this.machine = machine;
    this.maxBytes = maxBytes;
    this.sink = sink;
  }

  /** Sends changes to a watch. Who is sent the same as the watch before is sent the same bytes. */
  void send(Watcher watcher, List<Change> changes) throws InterruptedException, IOException {
    if (watcher.group.wish.fragment()) {
      sendInFragments(watcher, changes);
      return;
    }
    if (!isSame(changes, watcher.group.wish.previous())) {
      last = encode(watcher, changes);
      lastChanges = changes;
      lastPrevious = watcher.group.wish.previous();
    }
    for (var part : last) {
      sink.send(part.revision, watcher.id, part.events);
    }
  }

  /** Lets go of what was sent last. */
  void forget() {
    last = List.of();
    lastChanges = List.of();
  }

  private boolean isSame(List<Change> changes, boolean previous) {
    if (changes.size() != lastChanges.size() || previous != lastPrevious) {
      return false;
    }
    for (int i = 0; i < changes.size(); i++) {
      // Who wants all of a change is given the change itself, so the same means the same object.
      if (changes.get(i) != lastChanges.get(i)) {
        return false;
      }
    }
    return true;
  }

  private List<Part> encode(Watcher watcher, List<Change> changes) throws IOException {
    var parts = new ArrayList<Part>();
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; i < changes.size(); i++) {
      var change = changes.get(i);
      for (var event : change.events()) {
        bytes.write(
            event.encoded(watcher.group.wish.previous(), wire(event, watcher, change.revision())));
      }
      if (i == changes.size() - 1 || bytes.size() > maxBytes / 2) {
        parts.add(new Part(change.revision(), bytes.toByteArray()));
        bytes.reset();
      }
    }
    return parts;
  }

  private void sendInFragments(Watcher watcher, List<Change> changes)
      throws InterruptedException, IOException {
    var response = reply(0, watcher.id);
    int bytes = 0;
    for (int i = 0; i < changes.size(); i++) {
      var change = changes.get(i);
      for (var event : change.events()) {
        var wire = wire(event, watcher, change.revision());
        int size = wire.getSerializedSize();
        if (bytes + size > maxBytes && response.getEventsCount() > 0) {
          sink.send(response.setHeader(header(change.revision())).setFragment(true).build());
          response = reply(0, watcher.id);
          bytes = 0;
        }
        response.addEvents(wire);
        bytes += size;
      }
      boolean isLast = i == changes.size() - 1;
      if (isLast || bytes > maxBytes / 2) {
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
    if (!watcher.group.wish.previous()) {
      return event.event();
    }
    var built = event.withPrevious();
    return built != null
        ? built
        : event.withPrevious(machine.history().previous(event.key(), revision));
  }

  private static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder().setRevision(revision).build();
  }
}
