package dev.tiphys.apiserver.http;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bytes for many responses, handed over together: those of one connection are one task of its event
 * loop and leave in one flush. Never blocks. For one thread; made anew each time.
 */
public final class Broadcast {

  private record Piece(Wire wire, List<byte[]> segments, int bytes) {}

  private final Map<ConnectionLoop, List<Piece>> pieces = new IdentityHashMap<>();

  /** One with nothing in it. */
  public Broadcast() {}

  /**
   * Adds bytes, uncopied.
   *
   * @param onRoom if the client is behind, is run once when it is not any more, or has gone; on an
   *     event loop, so it must not block
   * @return false if the client is behind or gone; nothing was added then
   */
  public boolean offer(Outlet to, byte[] bytes, Runnable onRoom) {
    if (to.discards() || bytes.length == 0) {
      return true;
    }
    if (!to.window().offer(bytes.length, onRoom)) {
      return false;
    }
    pieces
        .computeIfAbsent(to.wire().loop(), _ -> new ArrayList<>())
        .add(new Piece(to.wire(), List.of(bytes), bytes.length));
    return true;
  }

  /** Hands everything over. */
  public void send() {
    pieces.forEach((loop, ofConnection) ->
        loop.execute(() ->
            ofConnection.forEach(piece ->
                piece.wire().sendNow(null, piece.segments(), piece.bytes(), false, true))));
    pieces.clear();
  }
}
