package dev.tiphys.store.mvcc;

import com.google.protobuf.CodedOutputStream;
import dev.tiphys.store.rpc.Event;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.WatchResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One revision as watches see it.
 *
 * @param revision the revision
 * @param events what happened to which key, in order
 */
record Change(long revision, List<KeyEvent> events) {

  /** About the memory that it takes. */
  long bytes() {
    long bytes = 0;
    for (var event : events) {
      bytes += event.bytes();
    }
    return bytes;
  }

  /** What happened to one key. Shared by all watchers, so that each form of it is built once. */
  static final class KeyEvent {
    /** Bytes of the objects that an event is made of, besides key and value. */
    private static final int OBJECTS = 200;

    private final byte[] key;
    private final Event event;
    private volatile @Nullable Event withPrevious;
    private volatile byte @Nullable [] encoded;
    private volatile byte @Nullable [] encodedWithPrevious;

    KeyEvent(byte[] key, Event event) {
      this.key = key;
      this.event = event;
    }

    static KeyEvent put(byte[] key, KeyValue kv) {
      return new KeyEvent(key, Event.newBuilder().setType(Event.EventType.PUT).setKv(kv).build());
    }

    static KeyEvent delete(byte[] key, KeyValue kv) {
      return new KeyEvent(
          key, Event.newBuilder().setType(Event.EventType.DELETE).setKv(kv).build());
    }

    byte[] key() {
      return key;
    }

    Event event() {
      return event;
    }

    private int bytes() {
      return OBJECTS + 2 * key.length + event.getKv().getValue().size();
    }

    boolean isDelete() {
      return event.getType() == Event.EventType.DELETE;
    }

    @Nullable Event withPrevious() {
      return withPrevious;
    }

    /**
     * One of the two forms as a field of a response, tag and length included. Whoever asks first
     * encodes it; should two be first, both do.
     */
    byte[] encoded(boolean previous, Event form) {
      byte[] known = previous ? encodedWithPrevious : encoded;
      if (known != null) {
        return known;
      }
      byte[] bytes =
          new byte[CodedOutputStream.computeMessageSize(WatchResponse.EVENTS_FIELD_NUMBER, form)];
      try {
        var out = CodedOutputStream.newInstance(bytes);
        out.writeMessage(WatchResponse.EVENTS_FIELD_NUMBER, form);
      } catch (IOException e) {
        throw new UncheckedIOException(e); // an array has no such troubles
      }
      if (previous) {
        encodedWithPrevious = bytes;
      } else {
        encoded = bytes;
      }
      return bytes;
    }

    /** Remembers the form with the previous value. */
    Event withPrevious(@Nullable KeyValue previous) {
      var built = previous == null ? event : event.toBuilder().setPrevKv(previous).build();
      withPrevious = built;
      return built;
    }
  }
}
