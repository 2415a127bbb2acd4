package dev.tiphys.deploy.process;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program of the cluster that is kept running.
 *
 * @param name its name, also of its log and pid files
 * @param command the program and its arguments
 * @param health where it says whether it is well; null when it cannot be asked
 * @param java whether it is one of the six daemons
 */
public record Daemon(String name, List<String> command, @Nullable URI health, boolean java) {

  /**
   * One of our own daemons.
   *
   * @param prefix what the command begins with, such as {@code nsenter --net=FILE}
   * @param kind which daemon, where its name says more
   */
  static Daemon java(
      String name,
      List<String> prefix,
      Path distribution,
      String kind,
      URI health,
      List<String> flags) {
    var command = new ArrayList<>(prefix);
    command.add(distribution.resolve("bin/daemon").toString());
    command.add(kind);
    command.addAll(flags);
    return new Daemon(name, List.copyOf(command), health, true);
  }
}
