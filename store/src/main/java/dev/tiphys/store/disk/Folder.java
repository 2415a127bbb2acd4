package dev.tiphys.store.disk;

import java.io.IOException;

/**
 * A directory that has directories too: a data directory. {@link #rename} moves a directory with
 * all that is in it, and never over another one; {@link #syncDirectory} makes durable which
 * directories there are, but not what is in them.
 */
public interface Folder extends Disk {
  /** Opens a directory, and makes it when it is not there. */
  Folder within(String name) throws IOException;

  /**
   * Removes a file or a directory with all that is in it; does nothing when it is not there. A
   * crash on the way leaves some of it.
   */
  void deleteAll(String name) throws IOException;
}
