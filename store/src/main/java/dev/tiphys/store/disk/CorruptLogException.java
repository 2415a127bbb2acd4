package dev.tiphys.store.disk;

import java.io.IOException;

/**
 * Data that was once synced can no longer be read as it was written. The message says where, and
 * what to do.
 */
public final class CorruptLogException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Names the place and the damage; the advice is added. */
  public CorruptLogException(String where, String damage) {
    super(
        where
            + ": "
            + damage
            + ". The damage lies in data that was already durable, so nothing was cut or skipped. Restore a snapshot"
            + " into a new data directory, or, in a cluster with a healthy majority, remove this member and add it"
            + " again with an empty data directory");
  }
}
