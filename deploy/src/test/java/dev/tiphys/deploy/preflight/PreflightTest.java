package dev.tiphys.deploy.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.machine.Shell;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {
  @Test
  void onlyRootMayStartACluster(@TempDir Path directory) throws IOException {
    assertThat(Preflight.caller("alice", new DataDir(directory)))
        .hasSize(1)
        .first()
        .asString()
        .contains("root");
    assertThat(Preflight.caller("root", new DataDir(directory))).isEmpty();
  }

  @Test
  void dataDirMustFitIntoSocketsAndMountOptions() {
    assertThat(Place.name(Path.of("/srv/" + "x".repeat(80)))).isPresent();
    assertThat(Place.name(Path.of("/srv/a:b"))).isPresent();
    assertThat(Place.name(Path.of("/srv/a b"))).isPresent();
    assertThat(Place.name(Path.of("/srv/tiphys-1.2"))).isEmpty();
  }

  @Test
  void directoryOfSomebodyElseIsNotTaken(@TempDir Path directory) throws IOException {
    var place = new DataDir(directory);
    Files.createDirectory(directory.resolve("lost+found"));
    assertThat(Place.complaint(place)).isEmpty();

    Files.writeString(directory.resolve("letter.txt"), "mine");
    assertThat(Place.complaint(place)).get().asString().contains("letter.txt", "empty directory");
    assertThat(Place.complaint(new DataDir(directory.resolve("letter.txt"))))
        .get()
        .asString()
        .contains("not a directory");

    Files.createDirectories(place.etc());
    Files.writeString(place.settings(), "");
    assertThat(Place.complaint(place)).isEmpty();
  }

  @Test
  void littleMemoryIsToldInMebibytes() {
    assertThat(Machine.memory("MemTotal: 2048000 kB\nMemAvailable:     512000 kB\n"))
        .get()
        .asString()
        .contains("500 MiB");
    assertThat(Machine.memory("MemAvailable: 8192000 kB\n")).isEmpty();
  }

  @Test
  void portsInUseAreNamed() throws IOException {
    var machine = new Machine(new Shell());
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThat(machine.ports(List.of(1, port).subList(1, 2)))
          .get()
          .asString()
          .contains("Port " + port + " is in use");
    }
  }

  @Test
  void controllersOfVersionOneAreReadFromMountOptions() {
    assertThat(
            Machine.versionOneControllers(
                """
                tmpfs /sys/fs/cgroup tmpfs rw 0 0
                cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
                cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0
                cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
                """))
        .containsAll(Set.of("cpu", "cpuacct", "memory"))
        .doesNotContain("pids");
  }

  @Test
  void missingProgramsAreNamedWithTheirPackages() {
    assertThat(Preflight.sentence(List.of(Need.program("runc", "runc"), Need.plugin("bridge"))))
        .isEqualTo(
            "Missing: runc (package runc), the CNI plugin bridge (package containernetworking-plugins);"
                + " on Debian: apt-get install containernetworking-plugins runc.");
  }

  @Test
  void programsAreLookedForInTheSearchPath(@TempDir Path bin) throws IOException {
    Need need = Need.program("frobnicate", "frob");
    assertThat(need.find("/nonexistent:" + bin)).isEmpty();
    Path program = Files.createFile(bin.resolve("frobnicate"));
    assertThat(need.find("/nonexistent:" + bin)).contains(program);
  }

  @Test
  void busyboxMustBeStatic(@TempDir Path bin) throws IOException {
    Path program = bin.resolve("busybox");
    Need need = new Need("busybox", "busybox-static", List.of(program.toString()), true);
    Files.writeString(program, "\u007fELF....../lib64/ld-linux-x86-64.so.2");
    assertThat(need.find("")).isEmpty();
    Files.writeString(program, "\u007fELF.......");
    assertThat(need.find("")).contains(program);
  }
}
