package dev.tiphys.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end. */
final class Command {

  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  /**
   * How it ended.
   *
   * @param output standard output
   * @param errors standard error
   */
  record Result(int exitCode, String output, String errors) {

    /** The output, if it ended well. */
    String orThrow() {
      if (exitCode != 0) {
        throw new AssertionError("exit code " + exitCode + "\n" + output + errors);
      }
      return output;
    }
  }

  private Command() {}

  static Result run(Map<String, String> environment, String input, List<String> command) {
    try {
      Path output = Files.createTempFile("output", ".txt");
      Path errors = Files.createTempFile("errors", ".txt");
      Path stdin = Files.writeString(Files.createTempFile("input", ".txt"), input);
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command)
                .redirectInput(stdin.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(command + " did not end in " + TIMEOUT);
        }
        return new Result(process.exitValue(), read(output), read(errors));
      } finally {
        Files.delete(output);
        Files.delete(errors);
        Files.delete(stdin);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
