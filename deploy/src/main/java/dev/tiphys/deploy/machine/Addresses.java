package dev.tiphys.deploy.machine;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The names and addresses that this machine goes by. */
public final class Addresses {
  private Addresses() {}

  /**
   * The IPv4 address at which others reach this machine: that of the interface with the default
   * route, else the first that is not loopback or one of {@code ownLinks}.
   */
  public static Optional<String> ofMachine(List<String> ownLinks) throws IOException {
    String routed = defaultRouteLink(Files.readString(Path.of("/proc/net/route"))).orElse("");
    var links = Collections.list(NetworkInterface.getNetworkInterfaces());
    Optional<String> preferred =
        links.stream()
            .filter(link -> link.getName().equals(routed))
            .flatMap(Addresses::addresses)
            .findFirst();
    return preferred.or(() ->
        links.stream()
            .filter(
                link -> !ownLinks.contains(link.getName()) && !link.getName().startsWith("docker"))
            .flatMap(Addresses::addresses)
            .findFirst());
  }

  private static java.util.stream.Stream<String> addresses(NetworkInterface link) {
    return Collections.list(link.getInetAddresses()).stream()
        .filter(address -> address instanceof Inet4Address)
        .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
        .map(InetAddress::getHostAddress);
  }

  /**
   * The interface of the default route with the lowest metric, in the format of /proc/net/route.
   */
  static Optional<String> defaultRouteLink(String table) {
    return table
        .lines()
        .skip(1)
        .map(line -> line.strip().split("\\s+"))
        .filter(fields ->
            fields.length > 7 && fields[1].equals("00000000") && fields[7].equals("00000000"))
        .min(java.util.Comparator.comparingInt(fields -> Integer.parseInt(fields[6])))
        .map(fields -> fields[0]);
  }

  /** The machine's host name in the form that a Node's name takes. */
  public static String nodeName() throws IOException {
    String name =
        Files.readString(Path.of("/proc/sys/kernel/hostname")).strip().toLowerCase(Locale.ROOT);
    String clean = name.replaceAll("[^a-z0-9.-]", "-").replaceAll("^[^a-z0-9]+|[^a-z0-9]+$", "");
    return clean.isEmpty() ? "node" : clean;
  }
}
