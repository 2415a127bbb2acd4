package dev.tiphys.kubeproxy.iptables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.kubeproxy.service.Backend;
import dev.tiphys.kubeproxy.service.IpFamily;
import dev.tiphys.kubeproxy.service.Protocol;
import dev.tiphys.kubeproxy.service.ServicePort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the kernel makes of the rules, in a network namespace of the test's own: another Java runs
 * in it, with {@link #main}. Needs root.
 */
final class KernelTest {

  /** An address that nobody has, and one that this machine has, of each family. */
  private record Places(String service, String empty, String pod) {

    static Places of(IpFamily family) {
      return family == IpFamily.IPV6
          ? new Places("fd00:10:96::a", "fd00:10:96::b", "fd00:10:244::5")
          : new Places("10.96.0.10", "10.96.0.11", "10.244.0.5");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aServiceAddressLeadsToItsBackendOrIsRefused(IpFamily family) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    Process process =
        new ProcessBuilder(
                "unshare",
                "--net",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KernelTest.class.getName(),
                family.name())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output.lines())
        .containsExactly("reached", "refused", "balanced after a flush", "removed");
  }

  /** Runs in the namespace and tells what it saw. */
  public static void main(String[] args) throws Exception {
    IpFamily family = IpFamily.valueOf(args[0]);
    Places places = Places.of(family);
    prepare(family, places);
    Iptables iptables = new Iptables(family);
    try (ServerSocket pod = new ServerSocket(0, 5, InetAddress.getByName(places.pod()))) {
      Thread.ofVirtual().start(() -> greet(pod));
      Backend backend = Backend.remote(places.pod(), pod.getLocalPort());
      RuleSet rules =
          ServiceRules.of(
              new ServiceRules.Settings(Optional.empty(), true, 14),
              List.of(port("web", places.service(), backend), port("none", places.empty())));
      iptables.restore(RestoreScript.between(iptables.leftovers(), rules));
      iptables.ensureJumps();
      System.out.println(ask(places.service()));
      System.out.println(ask(places.empty()));

      RuleSet two =
          ServiceRules.of(
              new ServiceRules.Settings(Optional.empty(), true, 14),
              List.of(port("web", places.service(), backend, backend.onThisNode())));
      iptables.restore(RestoreScript.between(iptables.leftovers(), two));
      System.out.println(
          iptables.isIntact() && ask(places.service()).equals("reached")
              ? "balanced after a flush"
              : "lost");
      iptables.removeAll();
      System.out.println(iptables.leftovers().equals(RuleSet.EMPTY) ? "removed" : "left");
    }
  }

  /** The pod's address is this machine's; all else is said to be behind a bridge. */
  private static void prepare(IpFamily family, Places places) throws Exception {
    String version = family == IpFamily.IPV6 ? "-6" : "-4";
    String length = family == IpFamily.IPV6 ? "/128" : "/32";
    run("ip", "link", "set", "lo", "up");
    run("ip", "link", "add", "out0", "type", "bridge");
    run("ip", "link", "set", "out0", "up");
    run("ip", version, "address", "add", places.pod() + length, "dev", "lo");
    run("ip", version, "route", "add", "default", "dev", "out0");
  }

  private static void run(String... command) throws Exception {
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", command) + " failed");
    }
  }

  private static void greet(ServerSocket pod) {
    try {
      while (true) {
        try (Socket client = pod.accept()) {
          client.getOutputStream().write("reached".getBytes(StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      // Closed: the test has ended.
    }
  }

  private static String ask(String ip) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(ip, 80), (int) Duration.ofSeconds(10).toMillis());
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (ConnectException e) {
      return "refused";
    }
  }

  private static ServicePort port(String name, String ip, Backend... backends) {
    return new ServicePort(
        "default",
        name,
        "http",
        Protocol.TCP,
        ip,
        80,
        0,
        List.of(),
        List.of(),
        false,
        false,
        Optional.empty(),
        List.of(backends));
  }
}
