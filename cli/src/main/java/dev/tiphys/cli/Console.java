package dev.tiphys.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where words come from and go to.
 *
 * @param in standard input
 * @param out standard output, buffered: whoever shows something that must be seen at once flushes
 * @param err standard error
 */
public record Console(InputStream in, PrintStream out, PrintStream err) {

  /** The process' own. */
  static Console ofProcess() {
    return new Console(
        new FileInputStream(FileDescriptor.in),
        new PrintStream(
            new java.io.BufferedOutputStream(
                new FileOutputStream(FileDescriptor.out), Limits.STREAM_BYTES),
            false,
            StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
  }

  /** A line on standard output. */
  public void say(String line, Object... arguments) {
    out.println(arguments.length == 0 ? line : line.formatted(arguments));
  }

  /** A line on standard error, behind what was said before. */
  public void warn(String line) {
    out.flush();
    err.println(line);
  }

  /** A line on standard output, seen at once. */
  public void sayNow(String line) {
    out.println(line);
    out.flush();
  }
}
