package dev.tiphys.deploy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * {@code tiphys bench store}: the store's own program measures, for it knows the API of stores.
 * Options are passed on; {@code --help} lists them.
 */
@Command(
    name = "store",
    description = "Measures any store that speaks the etcd v3 API: --endpoints HOST:PORT,...")
final class BenchStore implements Callable<Integer> {
  @Unmatched private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    return run("bench", arguments);
  }

  /** {@code tiphys bench chaos}. */
  @Command(
      name = "chaos",
      description = "Puts three stores through kills and stops, and judges what clients saw.")
  static final class Chaos implements Callable<Integer> {
    @Unmatched private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
      return run("chaos", arguments);
    }
  }

  private static int run(String what, List<String> arguments)
      throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(CommonOptions.distribution().resolve("bin/daemon").toString(), "store", what));
    command.addAll(arguments);
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
