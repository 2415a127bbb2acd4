package dev.tiphys.cli.pod;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The user's terminal, through stty(1): the JDK cannot take one out of line mode itself. Restores
 * what it changed when closed, also when the process is told to end.
 */
final class Terminal implements AutoCloseable {

  private static final Path TTY = Path.of("/dev/tty");
  private static final int PATIENCE_SECONDS = 5;

  /**
   * How large it is.
   *
   * @param columns characters in a line
   * @param rows lines
   */
  record Size(int columns, int rows) {}

  private final String saved;
  private final Thread restorer;

  private Terminal(String saved) {
    this.saved = saved;
    this.restorer = new Thread(this::restore, "restore-terminal");
  }

  /** Lets every key through as it is typed. Null if standard input is no terminal. */
  static @Nullable Terminal raw() {
    if (System.console() == null || !System.console().isTerminal() || !Files.exists(TTY)) {
      return null;
    }
    String saved = stty("-g");
    if (saved == null || stty("raw", "-echo") == null) {
      return null;
    }
    Terminal terminal = new Terminal(saved);
    Runtime.getRuntime().addShutdownHook(terminal.restorer);
    return terminal;
  }

  /** How large it is now; null if it does not tell. */
  @Nullable Size size() {
    String answer = stty("size");
    String[] words = answer == null ? new String[0] : answer.split(" ", -1);
    if (words.length != 2 || !words[0].matches("\\d+") || !words[1].matches("\\d+")) {
      return null;
    }
    return new Size(Integer.parseInt(words[1]), Integer.parseInt(words[0]));
  }

  private void restore() {
    stty(saved);
  }

  @Override
  public void close() {
    restore();
    Runtime.getRuntime().removeShutdownHook(restorer);
  }

  private static @Nullable String stty(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = "stty";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(TTY.toFile())
              .redirectError(Redirect.DISCARD)
              .start();
      String answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0 ? answer : null;
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
