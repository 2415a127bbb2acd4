package dev.tiphys.deploy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tiphys logs DAEMON}. */
@Command(name = "logs", mixinStandardHelpOptions = true, description = "Shows the log of a daemon.")
final class LogsCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @Parameters(
      paramLabel = "DAEMON",
      description =
          "store, apiserver, scheduler, controller-manager, kubelet, kube-proxy or containerd; with"
              + " several control planes store-1, apiserver-1 and so on, and balancer.")
  private String daemon = "";

  @Option(
      names = {"-f", "--follow"},
      description = "Go on showing what is logged.")
  private boolean follow;

  @Option(
      names = {"-n", "--tail"},
      paramLabel = "LINES",
      description = "Show only the last lines.")
  private int lines = -1;

  @Override
  public Integer call() throws Exception {
    String name = daemon.startsWith("tiphys-") ? daemon.substring("tiphys-".length()) : daemon;
    Path log = common.directory().logOf(name);
    if (!name.matches("[a-z0-9-]+") || !Files.exists(log)) {
      throw new Failure("There is no log of '" + daemon + "' in " + log.getParent() + ".");
    }
    // tail knows how to follow a file that is cut while being rotated.
    List<String> command =
        List.of(
            "tail",
            "-n",
            lines < 0 ? "+1" : Integer.toString(lines),
            follow ? "-F" : "-q",
            log.toString());
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  /** The last lines of a file, or nothing when it cannot be read. */
  static String tail(Path file, int count) {
    try {
      List<String> all = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
      return String.join("\n", all.subList(Math.max(0, all.size() - count), all.size()));
    } catch (IOException unreadable) {
      return "";
    }
  }
}
