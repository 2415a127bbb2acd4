package dev.tiphys.deploy.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Runs programs of this machine to their end. Safe for use by many threads. */
public final class Shell {
  /** Long enough for the slowest program that we wait for: an apt installation. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  /**
   * What a program left behind.
   *
   * @param status its exit status; 127 when it is not installed
   * @param output what it wrote on its standard output and error, in the order written
   */
  public record Result(int status, String output) {
    public boolean ok() {
      return status == 0;
    }
  }

  /** Runs a program without input. A failure is a value, not an exception. */
  public Result run(String... command) {
    return feed("", command);
  }

  /** Runs a program, giving it {@code input}. */
  public Result feed(String input, String... command) {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    // Messages are matched and shown; they should not depend on the user's language.
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
    Process process;
    try {
      process = builder.start();
    } catch (IOException absent) {
      return new Result(127, command[0] + " cannot be run: " + absent.getMessage());
    }
    var output = new AtomicReference<>("");
    Thread reader = Thread.ofVirtual().start(() -> output.set(readAll(process.getInputStream())));
    try {
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException closed) {
        // The program ended without reading its input; its status says why.
        output.set(String.valueOf(closed.getMessage()));
      }
      if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Result(124, command[0] + " did not end within " + LONGEST);
      }
      reader.join();
      return new Result(process.exitValue(), output.get().strip());
    } catch (InterruptedException stop) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return new Result(130, command[0] + " was interrupted");
    }
  }

  /**
   * Runs a program that must succeed, and returns what it wrote.
   *
   * @throws CommandFailed when it does not
   */
  public String must(String... command) {
    return mustFeed("", command);
  }

  /** As {@link #must}, with input. */
  public String mustFeed(String input, String... command) {
    Result result = feed(input, command);
    if (!result.ok()) {
      throw new CommandFailed(List.of(command), result);
    }
    return result.output();
  }

  private static String readAll(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** A program that had to succeed did not. */
  public static final class CommandFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    CommandFailed(List<String> command, Result result) {
      super(
          "`"
              + String.join(" ", command)
              + "` failed with status "
              + result.status()
              + ": "
              + result.output());
    }
  }
}
