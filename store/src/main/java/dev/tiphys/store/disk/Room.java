package dev.tiphys.store.disk;

import java.io.IOException;

/** Who is asked for room when a disk is full. Any thread. */
public interface Room {
  /** Has none to give: a full disk is an error as any other. */
  Room NONE = (_, _) -> false;

  /**
   * Makes room, or waits until there is some.
   *
   * @param failure what the disk said
   * @param patient whether to wait
   * @return true when it is worth trying again; false when the failure is none of room
   * @throws DiskFullException when there is no room, and no waiting for it
   */
  boolean make(IOException failure, boolean patient) throws DiskFullException;

  /** What waited for room has it now. */
  default void regained() {}

  /** True while something waits for room. */
  default boolean isAwaited() {
    return false;
  }
}
