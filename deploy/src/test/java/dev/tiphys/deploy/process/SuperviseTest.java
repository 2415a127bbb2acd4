package dev.tiphys.deploy.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.machine.ProcessTable;
import dev.tiphys.deploy.machine.ProcessTable.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keeper's script, run for real with a program that does nothing. */
class SuperviseTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Daemon SLEEPER = new Daemon("sleeper", List.of("sleep", "600"), null, false);

  @TempDir private Path root = Path.of("");
  private final ProcessTable processes = new ProcessTable(Path.of("/proc"));
  private Keeper keeper = new Keeper(new DataDir(root), root, processes);

  @BeforeEach
  void prepare() throws IOException {
    var directory = new DataDir(root);
    Files.createDirectories(directory.run());
    Files.createDirectories(directory.log());
    Path bin = Files.createDirectories(root.resolve("dist/bin"));
    Files.copy(
        Path.of("src/main/sh/supervise"),
        bin.resolve("supervise"),
        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    keeper = new Keeper(directory, root.resolve("dist"), processes);
  }

  @AfterEach
  void endAll() {
    keeper.stop(List.of("sleeper"), Duration.ofSeconds(5));
    keeper.marked().forEach(process -> keeper.signal(process, true));
  }

  private Identity running() {
    return await()
        .atMost(SOON)
        .until(() -> keeper.find("sleeper"), java.util.Optional::isPresent)
        .orElseThrow();
  }

  @Test
  void startsOnceOnly() throws IOException {
    assertThat(keeper.start(SLEEPER)).isTrue();
    Identity first = running();
    assertThat(keeper.start(SLEEPER)).isFalse();
    assertThat(keeper.find("sleeper")).contains(first);
  }

  @Test
  void killedProgramComesBackAtOnce() throws IOException {
    keeper.start(SLEEPER);
    Identity first = running();
    keeper.signal(first, true);
    await()
        .atMost(SOON)
        .until(() -> keeper.find("sleeper").filter(next -> !next.equals(first)).isPresent());
    assertThat(new DataDir(root).logOf("sleeper"))
        .content()
        .contains("event=died pid=" + first.pid());
  }

  @Test
  void stoppedProgramStaysStopped() throws IOException {
    keeper.start(SLEEPER);
    Identity program = running();
    keeper.stop(List.of("sleeper"), SOON);
    assertThat(processes.alive(program)).isFalse();
    assertThat(keeper.keeperOf("sleeper")).isEmpty();
    assertThat(keeper.marked()).isEmpty();
    assertThat(new DataDir(root).run().resolve("sleeper.pid")).doesNotExist();
  }

  @Test
  void programThatLostItsKeeperIsAdoptedNotDoubled() throws IOException {
    keeper.start(SLEEPER);
    Identity program = running();
    Identity lost = keeper.keeperOf("sleeper").orElseThrow();
    keeper.signal(lost, true);
    keeper.await(List.of(lost), SOON);
    assertThat(keeper.start(SLEEPER)).isTrue();
    await().atMost(SOON).until(() -> keeper.keeperOf("sleeper").isPresent());
    assertThat(keeper.find("sleeper")).contains(program);
    keeper.signal(program, true);
    await()
        .atMost(SOON)
        .until(() -> keeper.find("sleeper").filter(next -> !next.equals(program)).isPresent());
  }

  @Test
  void programThatIgnoresTheRequestIsEndedByForce() throws IOException {
    keeper.start(
        new Daemon(
            "sleeper",
            List.of("sh", "-c", "trap '' TERM; while :; do sleep 1; done"),
            null,
            false));
    Identity program = running();
    keeper.stop(List.of("sleeper"), Duration.ofMillis(300));
    assertThat(processes.alive(program)).isFalse();
    assertThat(keeper.keeperOf("sleeper")).isEmpty();
  }
}
