package dev.tiphys.kubelet.logs;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * Reads one container's log file, and follows it while the container runs: when the file is renamed
 * away and a new one takes its place, reading goes on there, with nothing lost.
 *
 * <p>Stateless between calls, so safe for many threads. {@link #copy} blocks; interrupt its thread
 * to end it.
 */
public final class LogReader {
  /** How to wait: {@code Thread::sleep}, or a test's own way. */
  @FunctionalInterface
  public interface Pause {
    /** Waits for a while. */
    void pause(Duration duration) throws InterruptedException;
  }

  private final Pause pause;

  /** A reader that waits for more to be written by {@code pause}. */
  public LogReader(Pause pause) {
    this.pause = pause;
  }

  /**
   * Copies what {@code options} ask for from {@code log} to {@code out}, flushing whenever there is
   * no more for now.
   *
   * @param running whether the container may still write; asked about once a second when following
   * @throws NoSuchFileException if there is no log
   * @throws IOException if {@code out} fails, as it does when a client has gone
   */
  public void copy(Path log, LogOptions options, BooleanSupplier running, OutputStream out)
      throws IOException, InterruptedException {
    LogWriter writer = new LogWriter(options, out);
    OpenLog file = OpenLog.at(log);
    try {
      Long tail = options.tailLines();
      if (tail != null) {
        file.channel().position(LogTail.offset(file.channel(), tail));
      }
      Entries entries = new Entries();
      boolean ended = false;
      for (int look = 1; ; look++) {
        entries.drain(file.channel(), writer);
        out.flush();
        if (!options.follow() || writer.isFull()) {
          return;
        }
        if (file.isReplacedAt(log)) {
          entries.drain(
              file.channel(), writer); // What came between the last read and the renaming.
          file.close();
          file = OpenLog.at(log);
          continue;
        }
        if (ended) {
          return;
        }
        if (look % Limits.POLLS_PER_STATE_CHECK == 0 && !running.getAsBoolean()) {
          ended = true; // Once more: the last lines may have come after the last look.
          continue;
        }
        pause.pause(Limits.POLL);
      }
    } finally {
      file.close();
    }
  }

  /** A log that is open, and by what to know it again. */
  private record OpenLog(FileChannel channel, Object inode) implements AutoCloseable {
    static OpenLog at(Path log) throws IOException {
      while (true) {
        Object before = inode(log);
        FileChannel channel = FileChannel.open(log, StandardOpenOption.READ);
        if (before.equals(inode(log))) {
          return new OpenLog(channel, before);
        }
        channel.close(); // Renamed in between; the next try finds the new one.
      }
    }

    /** Whether another file took this one's place at {@code log}. */
    boolean isReplacedAt(Path log) throws IOException {
      try {
        return !inode.equals(inode(log));
      } catch (NoSuchFileException e) {
        return false; // Renamed, and the runtime has not opened the new one yet.
      }
    }

    private static Object inode(Path file) throws IOException {
      return requireNonNull(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** Splits what is read into entries; keeps an entry that is not yet whole. */
  private static final class Entries {
    private byte[] buffer = new byte[Limits.READ_BYTES];
    private int filled;
    private boolean skipping;

    void drain(FileChannel file, LogWriter writer) throws IOException {
      while (!writer.isFull()) {
        if (filled == buffer.length) {
          grow();
        }
        int read = file.read(ByteBuffer.wrap(buffer, filled, buffer.length - filled));
        if (read <= 0) {
          return;
        }
        int from = filled;
        filled += read;
        emit(from, writer);
      }
    }

    private void emit(int from, LogWriter writer) throws IOException {
      int start = 0;
      for (int i = from; i < filled && !writer.isFull(); i++) {
        if (buffer[i] == '\n') {
          if (!skipping) {
            var line = LogLine.parse(buffer, start, i);
            if (line.isPresent()) {
              writer.write(line.get());
            }
          }
          skipping = false;
          start = i + 1;
        }
      }
      System.arraycopy(buffer, start, buffer, 0, filled - start);
      filled -= start;
    }

    private void grow() {
      if (buffer.length >= Limits.ENTRY_BYTES) {
        skipping = true;
        filled = 0;
      } else {
        buffer = Arrays.copyOf(buffer, buffer.length * 2);
      }
    }
  }
}
