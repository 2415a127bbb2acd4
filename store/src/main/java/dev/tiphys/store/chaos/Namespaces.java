package dev.tiphys.store.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Each member in a network namespace of its own, on one bridge; iptables drops what two of them
 * must not hear. Everything is made in the namespaces that this process is in, which should be its
 * own: see {@link #enter}.
 */
record Namespaces() implements Network {
  private static final String BRIDGE = "chaos";
  private static final String PREFIX = "198.18.7."; // of RFC 2544, for benchmarks: routed nowhere

  /** Makes the bridge and a namespace for each member. */
  static Namespaces make() throws IOException, InterruptedException {
    ip("link", "add", "name", BRIDGE, "type", "bridge");
    ip("addr", "add", PREFIX + "1/24", "dev", BRIDGE);
    ip("link", "set", BRIDGE, "up");
    for (int i = 0; i < Cluster.SIZE; i++) {
      ip("netns", "add", name(i));
      ip("link", "add", "name", name(i), "type", "veth", "peer", "name", "eth0", "netns", name(i));
      ip("link", "set", name(i), "master", BRIDGE, "up");
      ip("-n", name(i), "addr", "add", address(i) + "/24", "dev", "eth0");
      ip("-n", name(i), "link", "set", "eth0", "up");
      ip("-n", name(i), "link", "set", "lo", "up");
    }
    return new Namespaces();
  }

  /**
   * What runs a command, which is added, in namespaces of its own, where it may do what {@link
   * #make} does. Needs no root where the kernel lets users have namespaces.
   */
  static List<String> enter() {
    return List.of(
        "unshare",
        "--user",
        "--map-root-user",
        "--net",
        "--mount",
        "sh",
        "-c",
        "mount -t tmpfs tmpfs /run && ip link set lo up && exec \"$@\"",
        "sh");
  }

  @Override
  public String host(int member) {
    return address(member);
  }

  @Override
  public List<String> at(int member) {
    return List.of("ip", "netns", "exec", name(member));
  }

  @Override
  public void cut(int one, int other) throws IOException, InterruptedException {
    drop(one, other);
    drop(other, one);
  }

  @Override
  public void heal() throws IOException, InterruptedException {
    for (int i = 0; i < Cluster.SIZE; i++) {
      run(in(i, "iptables", "-F", "INPUT"));
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (int i = 0; i < Cluster.SIZE; i++) {
      ip("netns", "delete", name(i));
    }
    ip("link", "delete", BRIDGE);
  }

  private static void drop(int at, int from) throws IOException, InterruptedException {
    run(in(at, "iptables", "-A", "INPUT", "-s", address(from), "-j", "DROP"));
  }

  private static String name(int member) {
    return BRIDGE + member;
  }

  private static String address(int member) {
    return PREFIX + (10 + member);
  }

  private static List<String> in(int member, String... command) {
    var all = new ArrayList<>(List.of("ip", "netns", "exec", name(member)));
    all.addAll(List.of(command));
    return all;
  }

  private static void ip(String... arguments) throws IOException, InterruptedException {
    var all = new ArrayList<>(List.of("ip"));
    all.addAll(List.of(arguments));
    run(all);
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output.strip());
    }
  }
}
