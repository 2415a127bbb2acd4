package dev.tiphys.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What the kernel calls this machine. A name service is not asked, for it may not know us. */
public final class HostName {

  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  private HostName() {}

  /**
   * The host name in lower case, as nodes are named.
   *
   * @throws ConfigException if the kernel does not tell it; names the flag that helps
   */
  public static String read() {
    try {
      return Files.readString(KERNEL).strip().toLowerCase(Locale.ROOT);
    } catch (IOException e) {
      throw ConfigException.flag(
          "--hostname-override", "is needed, for the host name is unknown: " + e);
    }
  }
}
