package dev.tiphys.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A disk that asks for room when it is full, and then tries again: writing a second time to the
 * same place does no harm. A sync that fails is never tried again, for then nobody knows what is on
 * the disk.
 */
public final class RoomyDisk implements Disk {
  private final Disk disk;
  private final Room room;
  private final boolean patient;

  /** Takes a disk, and who makes room; what is written here waits for it. */
  public RoomyDisk(Disk disk, Room room) {
    this(disk, room, true);
  }

  private RoomyDisk(Disk disk, Room room, boolean patient) {
    this.disk = disk;
    this.room = room;
    this.patient = patient;
  }

  @Override
  public Disk impatient() {
    return new RoomyDisk(disk, room, false);
  }

  @Override
  public List<String> list() throws IOException {
    return disk.list();
  }

  @Override
  public File open(String name) throws IOException {
    return new RoomyFile(withRoom(() -> disk.open(name)));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    withRoom(() -> {
      disk.rename(from, to);
      return to;
    });
  }

  @Override
  public void delete(String name) throws IOException {
    disk.delete(name);
  }

  @Override
  public void syncDirectory() throws IOException {
    disk.syncDirectory();
  }

  @Override
  public String toString() {
    return disk.toString();
  }

  private interface Attempt<T> {
    T run() throws IOException;
  }

  private <T> T withRoom(Attempt<T> attempt) throws IOException {
    for (boolean again = false; ; again = true) {
      try {
        T done = attempt.run();
        if (again) {
          room.regained();
        }
        return done;
      } catch (IOException e) {
        if (!room.make(e, patient)) {
          throw e;
        }
      }
    }
  }

  private final class RoomyFile implements File {
    private final File file;

    RoomyFile(File file) {
      this.file = file;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
      withRoom(() -> {
        file.write(source.duplicate(), position);
        return position;
      });
      source.position(source.limit());
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return file.read(target, position);
    }

    @Override
    public void sync() throws IOException {
      file.sync();
    }

    @Override
    public void truncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
