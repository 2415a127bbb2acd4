package dev.tiphys.store.raft;

import dev.tiphys.store.disk.CorruptLogException;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.Folder;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The names in Ratis' directory. Ratis syncs its files, but not that they are there: after a power
 * cut a segment could be missing that was written and synced, and a vote forgotten, for it is
 * written to a new file that takes the name of the old one. Any thread.
 */
final class RaftNames {
  private final Folder data;
  private final RaftSettings settings;
  private final Executor threads;
  private final Consumer<String> fatal;
  private volatile boolean changed;
  private boolean rooted;

  /**
   * Takes the data directory.
   *
   * @param threads sync, and are not interrupted before the end
   * @param fatal is told when a sync fails and the process must end
   */
  RaftNames(Folder data, RaftSettings settings, Executor threads, Consumer<String> fatal) {
    this.data = data;
    this.settings = settings;
    this.threads = threads;
    this.fatal = fatal;
  }

  /** The directory of the segments. */
  Disk current() throws IOException {
    return group().within(RaftSettings.CURRENT);
  }

  /**
   * Before the first start: removes what is left of one that did not get far enough to promise
   * anything, for Ratis would refuse to begin beside it.
   *
   * @throws CorruptLogException when something was promised here; nothing is changed then
   */
  void clear() throws IOException {
    var cluster = settings.cluster().toString();
    if (!data.list().contains(RaftSettings.DIRECTORY)
        || !data.within(RaftSettings.DIRECTORY).list().contains(cluster)) {
      return;
    }
    if (group().list().contains(RaftSettings.CURRENT)
        && !RaftLogWalk.namesIn(current()).isEmpty()) {
      throw new CorruptLogException(
          current() + "/" + RaftSettings.META, "is missing, which was there before all else");
    }
    data.within(RaftSettings.DIRECTORY).deleteAll(cluster);
  }

  /** Ratis has made, renamed or removed a segment. */
  void change() {
    changed = true;
  }

  /** Makes such changes durable, if there are any. */
  void syncChanges() throws IOException {
    if (isChanged()) {
      sync();
    }
  }

  /** Waits for a sync that is under way: it may be of a change that is not told of any more. */
  private synchronized boolean isChanged() {
    return changed;
  }

  /**
   * Makes all names durable, that of the directory too. Not by the caller's thread: Ratis
   * interrupts those that ask for votes when somebody else is elected, and a sync that is
   * interrupted counts as failed.
   *
   * @throws InterruptedIOException when the caller is interrupted; the sync goes on
   */
  void sync() throws IOException {
    var sync =
        new FutureTask<@Nullable Void>(() -> {
          syncAll();
          return null;
        });
    threads.execute(sync);
    try {
      sync.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while names are synced");
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private synchronized void syncAll() throws IOException {
    changed = false;
    if (!settings.synced()) {
      return;
    }
    try {
      current().syncDirectory();
      if (!rooted) {
        group().syncDirectory();
        data.within(RaftSettings.DIRECTORY).syncDirectory();
        data.syncDirectory();
        rooted = true;
      }
    } catch (IOException e) {
      fatal.accept("the names in " + settings.directory() + " could not be synced: " + e);
      throw e;
    }
  }

  private Folder group() throws IOException {
    return data.within(RaftSettings.DIRECTORY).within(settings.cluster().toString());
  }
}
