package dev.tiphys.store.raft;

import java.util.Map;

/**
 * Who answered the leader just now, and how far each has come.
 *
 * @param index the last entry that the leader has synced
 * @param present the last entry that each is known to have synced, by the number of the member; the
 *     leader among them
 */
public record RollCall(long index, Map<Long, Long> present) {
  /** Copies the map. */
  public RollCall {
    present = Map.copyOf(present);
  }
}
