package dev.tiphys.cli;

import dev.tiphys.client.ApiException;
import org.jspecify.annotations.Nullable;

/** A verb cannot do what was asked; the message tells the user why. Without a stack trace. */
public final class Failure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final boolean prefixed;

  private Failure(String message, int exitCode, boolean prefixed) {
    super(message, null, false, false);
    this.exitCode = exitCode;
    this.prefixed = prefixed;
  }

  /** Shown behind {@code error: }; exit code 1. */
  public static Failure of(String message, @Nullable Object... arguments) {
    return new Failure(arguments.length == 0 ? message : message.formatted(arguments), 1, true);
  }

  /** Shown as it is; exit code 1. */
  public static Failure plain(String message) {
    return new Failure(message, 1, false);
  }

  /** Ends the program with a code of somebody else's, as that of a command run in a container. */
  public static Failure exit(int exitCode, String message) {
    return new Failure(message, exitCode, false);
  }

  /** Options or arguments do not fit; shown with where to find help. */
  public static Failure usage(String verb, String message) {
    return new Failure(
        "error: " + message + "\nSee 'tiphys " + verb + " -h' for help and examples", 1, false);
  }

  /** What to end with. */
  public int exitCode() {
    return exitCode;
  }

  /** The lines for standard error. */
  public String shown() {
    String message = String.valueOf(getMessage());
    return prefixed ? "error: " + message : message;
  }

  /** The lines for standard error about any failure that is expected. */
  public static String shown(RuntimeException failure) {
    return switch (failure) {
      case Failure own -> own.shown();
      case ApiException refused -> ServerErrors.text(refused, "");
      default -> "error: " + failure.getMessage();
    };
  }
}
