package dev.tiphys.store.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One flat directory of files. What was written but not synced may be lost, torn or reordered by a
 * crash; names made, moved or removed are durable after {@link #syncDirectory()}. Safe for use by
 * several threads.
 */
public interface Disk {
  /** The names of all files, in no order. */
  List<String> list() throws IOException;

  /** Opens a file for reading and writing, and makes it when it is not there. */
  File open(String name) throws IOException;

  /** Moves a file over another one, atomically. */
  void rename(String from, String to) throws IOException;

  /** Removes a file; one that is open stays readable until it is closed. */
  void delete(String name) throws IOException;

  /** Makes the names durable. */
  void syncDirectory() throws IOException;

  /**
   * The same directory for who would rather do without than wait for room: what is written through
   * it fails with {@link DiskFullException} on a full disk.
   */
  default Disk impatient() {
    return this;
  }

  /** An open file. Reads may run beside one writer. */
  interface File extends Closeable {
    /** Writes all of {@code source} at a place. */
    void write(ByteBuffer source, long position) throws IOException;

    /**
     * Fills {@code target} from a place on; fewer bytes only where the file ends. Returns the
     * count.
     */
    int read(ByteBuffer target, long position) throws IOException;

    /** Makes everything written so far durable. */
    void sync() throws IOException;

    /** Cuts the file. */
    void truncate(long size) throws IOException;

    /** The length in bytes. */
    long size() throws IOException;
  }
}
