package dev.tiphys.deploy.preflight;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A program or file that the cluster needs.
 *
 * @param name what the user is told is missing
 * @param debianPackage the Debian package that brings it
 * @param places absolute paths, any of which serves; or a bare name to be looked for in PATH
 * @param isStatic whether it must be a program without shared libraries
 */
public record Need(String name, String debianPackage, List<String> places, boolean isStatic) {
  static Need program(String name, String debianPackage) {
    return new Need(name, debianPackage, List.of(name), false);
  }

  /** A CNI plugin; Debian and upstream put them into different directories. */
  static Need plugin(String name) {
    return new Need(
        "the CNI plugin " + name,
        "containernetworking-plugins",
        List.of("/usr/lib/cni/" + name, "/opt/cni/bin/" + name),
        false);
  }

  /** A statically linked busybox, for the shell in the echo image. */
  public static final Need BUSYBOX =
      new Need(
          "a static busybox",
          "busybox-static",
          List.of("/bin/busybox", "/usr/bin/busybox", "/usr/local/bin/busybox"),
          true);

  /** What stands before several API servers. */
  public static final Need BALANCER = program("haproxy", "haproxy");

  /** What the cluster runs with, given what else is to be made here. */
  public static List<Need> of(boolean ownRuntime, boolean balancer, boolean compiler) {
    var needs = new ArrayList<Need>();
    if (balancer) {
      needs.add(BALANCER);
    }
    needs.add(program("ip", "iproute2"));
    needs.add(program("iptables", "iptables"));
    needs.add(program("iptables-restore", "iptables"));
    needs.add(program("conntrack", "conntrack"));
    needs.add(program("mount", "mount"));
    needs.add(program("umount", "mount"));
    needs.add(program("nsenter", "util-linux"));
    needs.add(program("setsid", "util-linux"));
    needs.add(BUSYBOX);
    if (ownRuntime) {
      needs.add(program("containerd", "containerd"));
      needs.add(program("ctr", "containerd"));
      needs.add(program("runc", "runc"));
      for (String plugin : List.of("bridge", "host-local", "loopback", "portmap")) {
        needs.add(plugin(plugin));
      }
    }
    if (compiler) {
      needs.add(program("gcc", "gcc"));
      String triple =
          System.getProperty("os.arch", "").equals("aarch64")
              ? "aarch64-linux-gnu"
              : "x86_64-linux-gnu";
      needs.add(
          new Need(
              "the static C library",
              "libc6-dev",
              List.of("/usr/lib/" + triple + "/libc.a", "/usr/lib64/libc.a"),
              false));
    }
    return needs;
  }

  /** Where it is; empty when it is missing. */
  public Optional<Path> find(String searchPath) {
    return places.stream()
        .flatMap(place ->
            place.startsWith("/")
                ? java.util.stream.Stream.of(Path.of(place))
                : Arrays.stream(searchPath.split(":"))
                    .filter(d -> !d.isEmpty())
                    .map(d -> Path.of(d, place)))
        .filter(Files::isReadable)
        .filter(path -> !isStatic || linkedStatically(path))
        .findFirst();
  }

  /** A program with shared libraries names their loader. */
  private static boolean linkedStatically(Path program) {
    try {
      String content = new String(Files.readAllBytes(program), StandardCharsets.ISO_8859_1);
      String headers = content.substring(0, Math.min(content.length(), 4096));
      return !headers.contains("/ld-linux") && !headers.contains("/ld-musl");
    } catch (IOException unreadable) {
      return false;
    }
  }
}
