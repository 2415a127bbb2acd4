package dev.tiphys.apiserver.configfile;

import org.jspecify.annotations.Nullable;

/** A configuration file that cannot be used; the message says what to change. */
public final class ConfigFileException extends Exception {

  private static final long serialVersionUID = 1L;

  /** An error. */
  public ConfigFileException(String message) {
    super(message);
  }

  /** An error with what caused it. */
  public ConfigFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
