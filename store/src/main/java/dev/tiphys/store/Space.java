package dev.tiphys.store;

import dev.tiphys.store.disk.DiskFullException;
import dev.tiphys.store.disk.Reserve;
import dev.tiphys.store.disk.Room;
import dev.tiphys.store.mvcc.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches over the room on the disk. When it runs short, a reserve is released, which leaves room
 * for deletions and compactions, and the NOSPACE alarm is raised; when there is room again, the
 * reserve is filled and the alarm ends. What must be written and finds no room at all waits for it.
 */
final class Space implements Room, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Space.class);

  private final Path directory;
  private final Reserve reserve;
  private final Semaphore wake = new Semaphore(0);
  private final Semaphore ended = new Semaphore(0);
  private volatile boolean tight;
  private volatile boolean awaited;
  private boolean raised;

  /** The NOSPACE alarm of this member. */
  interface Alarm {
    /** Raises it. */
    void raise() throws InterruptedException;

    /** Ends it, unless there is another reason for it. */
    void clear() throws InterruptedException;

    /** Ends it if it was for the quota, and what is stored is less again. */
    void reconsider() throws InterruptedException;
  }

  /** Takes the data directory; on a full disk the reserve is released at once. */
  Space(Path directory, long reserveBytes) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.reserve = new Reserve(directory.resolve("reserve"), reserveBytes);
    this.tight = reserve.isReleased();
    if (isShort()) {
      tighten();
    }
  }

  /** True from the moment the disk was found full until the reserve is whole again. */
  boolean isTight() {
    return tight;
  }

  /** Bytes that can be written yet. */
  long freeBytes() {
    return directory.toFile().getUsableSpace();
  }

  @Override
  public boolean isAwaited() {
    return awaited;
  }

  @Override
  public void regained() {
    awaited = false;
  }

  @Override
  public boolean make(IOException failure, boolean patient) throws DiskFullException {
    // The text depends on the locale, so a disk without room is believed too.
    var text = String.valueOf(failure.getMessage());
    if (!text.contains("No space left on device")
        && !text.contains("quota exceeded")
        && freeBytes() >= Limits.NO_ROOM_BYTES) {
      return false;
    }
    try {
      boolean released = tighten();
      wake.release();
      if (released) {
        return true;
      }
      if (!patient) {
        throw new DiskFullException(failure);
      }
      awaited = true;
      if (ended.tryAcquire(Limits.ROOM_RETRY.toNanos(), TimeUnit.NANOSECONDS)) {
        ended.release();
        throw new DiskFullException(failure);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DiskFullException(failure);
    } catch (DiskFullException e) {
      throw e;
    } catch (IOException e) {
      throw new DiskFullException(e);
    }
  }

  /** Works until closed. Run it on a thread of its own. */
  void run(Alarm alarm) throws InterruptedException, IOException {
    while (!ended.tryAcquire()) {
      look(alarm);
      if (wake.tryAcquire(Limits.HOUSEKEEPING.toNanos(), TimeUnit.NANOSECONDS)) {
        wake.drainPermits();
      }
    }
    ended.release();
  }

  private void look(Alarm alarm) throws InterruptedException, IOException {
    if (isShort()) {
      tighten();
    }
    try {
      if (tight && !raised) {
        alarm.raise();
        raised = true;
      }
      if (tight) {
        relax(alarm);
      } else {
        keepBack();
        alarm.reconsider();
      }
    } catch (StoreException e) {
      // Nobody orders just now, or it takes too long: there is another look soon.
      log.debug("alarm neither raised nor ended reason=\"{}\"", e.getMessage());
    }
  }

  private boolean isShort() {
    return freeBytes() < reserve.bytes() / Limits.SHORT_PART;
  }

  /** Returns true when that gave room. */
  private synchronized boolean tighten() throws IOException {
    boolean gave = reserve.release();
    if (!tight || gave) {
      log.warn(
          "disk full: puts are refused, deletions and compactions have the reserve data-dir={}"
              + " free-bytes={} reserve-bytes={}",
          directory,
          freeBytes(),
          gave ? reserve.bytes() : 0);
    }
    tight = true;
    return gave;
  }

  private void relax(Alarm alarm) throws InterruptedException {
    while (!reserve.isWhole()) {
      // So much beyond the reserve that filling it does not make the disk short again.
      if (freeBytes() < reserve.missing() + reserve.bytes() / 2 || !fillOn()) {
        return;
      }
    }
    if (awaited || isShort()) {
      return;
    }
    alarm.clear();
    raised = false;
    tight = false;
    log.info("disk has room again data-dir={} free-bytes={}", directory, freeBytes());
  }

  /** A little at a time: who waits for a sync of the log should not wait for this. */
  private void keepBack() {
    if (!reserve.isWhole() && freeBytes() > 2 * reserve.bytes()) {
      fillOn();
    }
  }

  private boolean fillOn() {
    try {
      reserve.fill();
      return true;
    } catch (IOException e) {
      log.debug("reserve not filled reason=\"{}\"", e.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    ended.release();
    wake.release();
  }
}
