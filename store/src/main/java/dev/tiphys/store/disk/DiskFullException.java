package dev.tiphys.store.disk;

import java.io.IOException;

/** There is no room for what was to be written; nothing of it counts. */
public final class DiskFullException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Takes what the disk said. */
  public DiskFullException(IOException cause) {
    super("the disk is full: " + cause.getMessage(), cause);
  }
}
