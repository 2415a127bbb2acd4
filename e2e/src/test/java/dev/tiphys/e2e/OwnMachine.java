package dev.tiphys.e2e;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A network namespace with an address, in which a cluster finds nobody else's interfaces, ports and
 * rules: a machine of its own to it. Goes with the cluster.
 */
final class OwnMachine implements AutoCloseable {

  private final String name;

  private OwnMachine(String name) {
    this.name = name;
  }

  /**
   * Makes one; the test is skipped where nobody may.
   *
   * @param address with the length of its prefix
   */
  static OwnMachine with(String name, String address) {
    assumeThat(System.getProperty("user.name")).as("a cluster takes root").isEqualTo("root");
    ip("netns", "add", name);
    var machine = new OwnMachine(name);
    try {
      machine.inside("link", "set", "lo", "up");
      machine.inside("link", "add", "machine0", "type", "bridge");
      machine.inside("address", "add", address, "dev", "machine0");
      machine.inside("link", "set", "machine0", "up");
    } catch (AssertionError e) {
      machine.close();
      throw e;
    }
    return machine;
  }

  /**
   * Brings a cluster up in it.
   *
   * @param options of {@code up}
   */
  TestCluster up(String... options) {
    return TestCluster.upIn(name, options);
  }

  @Override
  public void close() {
    ip("netns", "delete", name);
  }

  private void inside(String... arguments) {
    List<String> all = new ArrayList<>(List.of("-netns", name));
    all.addAll(List.of(arguments));
    ip(all.toArray(String[]::new));
  }

  private static void ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    Command.run(Map.of(), "", command).orThrow();
  }
}
