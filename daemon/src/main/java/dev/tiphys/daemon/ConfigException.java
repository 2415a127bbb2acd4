package dev.tiphys.daemon;

/**
 * A flag or configuration file that the daemon cannot start with. The message names the flag or the
 * file and says what to change; it is printed without a stack trace and the daemon exits with 1.
 */
public final class ConfigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Says what is wrong and what to change. */
  public ConfigException(String message) {
    super(message);
  }

  /** Says what is wrong and what to change, and what was met on the way. */
  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Names the flag first: {@code --secure-port: must be between 1 and 65535, not 0}. */
  public static ConfigException flag(String flag, String problem) {
    return new ConfigException(flag + ": " + problem);
  }
}
