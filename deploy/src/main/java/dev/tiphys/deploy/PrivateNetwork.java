package dev.tiphys.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs our own commands in a network namespace of their own, so that a cluster for training or
 * measuring disturbs nothing on this machine and finds every port free.
 */
final class PrivateNetwork {
  private final Path distribution;

  PrivateNetwork(Path distribution) {
    this.distribution = distribution;
  }

  /** Runs {@code tiphys ARGUMENTS} and returns its exit status; its output goes where ours goes. */
  int run(Map<String, String> environment, List<String> arguments)
      throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--net",
                "sh",
                "-c",
                "ip link set lo up && exec \"$@\"",
                "sh",
                distribution.resolve("bin/daemon").toString(),
                "deploy"));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(environment);
    return builder.start().waitFor();
  }
}
