package dev.tiphys.deploy.process;

import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.machine.ProcessTable;
import dev.tiphys.deploy.machine.ProcessTable.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts, finds and ends the programs of a cluster. Each runs below a small script that starts it
 * again when it dies; both leave their numbers in {@code run/}.
 */
public final class Keeper {
  /**
   * Set in the environment of everything that a cluster starts, to the path of its data directory.
   */
  public static final String MARK = "TIPHYS_CLUSTER";

  private static final Duration POLL = Duration.ofMillis(20);

  private final DataDir directory;
  private final Path distribution;
  private final ProcessTable processes;

  public Keeper(DataDir directory, Path distribution, ProcessTable processes) {
    this.directory = directory;
    this.distribution = distribution;
    this.processes = processes;
  }

  /** Starts the program unless it is kept already. Returns whether it was started now. */
  public boolean start(Daemon daemon) throws IOException {
    if (keeperOf(daemon.name()).isPresent()) {
      return false;
    }
    var command = new ArrayList<String>(List.of("setsid", "--fork"));
    command.add(distribution.resolve("bin/supervise").toString());
    command.add(daemon.name());
    command.add(directory.run().toString());
    command.add(directory.log().toString());
    command.addAll(daemon.command());
    var builder = new ProcessBuilder(command);
    Path log = directory.logOf(daemon.name());
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.directory(directory.root().toFile());
    Map<String, String> environment = builder.environment();
    environment.put(MARK, directory.root().toString());
    // A caller's settings for its own Java programs are not meant for ours.
    environment.keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    try {
      int status = builder.start().waitFor();
      if (status != 0) {
        throw new IOException("the keeper of " + daemon.name() + " did not start: see " + log);
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting " + daemon.name(), stop);
    }
    return true;
  }

  /** The program itself, when it runs. */
  public Optional<Identity> find(String name) {
    return recorded(directory.run().resolve(name + ".pid"));
  }

  /** The script that keeps the program, when it runs. */
  public Optional<Identity> keeperOf(String name) {
    return recorded(directory.run().resolve(name + ".keeper.pid"));
  }

  private Optional<Identity> recorded(Path file) {
    try {
      return Identity.parse(Files.readString(file)).filter(processes::alive);
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  /** Everything that runs with this cluster's mark in its environment. */
  public List<Identity> marked() {
    return processes.withEnvironment(MARK, directory.root().toString());
  }

  /**
   * Asks the programs to end, all at once, and waits; ends by force those that take longer than the
   * patience.
   */
  public void stop(List<String> names, Duration patience) {
    var ending = new ArrayList<Identity>();
    for (String name : names) {
      Optional<Identity> keeper = keeperOf(name);
      Optional<Identity> program = find(name);
      // The keeper passes the request on; without one, the program is asked directly.
      keeper.or(() -> program).ifPresent(process -> signal(process, false));
      keeper.ifPresent(ending::add);
      program.ifPresent(ending::add);
    }
    if (!await(ending, patience)) {
      ending.forEach(process -> signal(process, true));
      await(ending, Duration.ofSeconds(5));
    }
    // A keeper that was asked in the very moment of a restart may have left a program behind.
    names.forEach(name -> find(name).ifPresent(process -> signal(process, true)));
  }

  /** Waits until all are gone. Returns whether they are. */
  public boolean await(List<Identity> ending, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (ending.stream().anyMatch(processes::alive)) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      java.util.concurrent.locks.LockSupport.parkNanos(POLL.toNanos());
    }
    return true;
  }

  /** Sends SIGTERM, or SIGKILL by force, to exactly this process. */
  public void signal(Identity process, boolean force) {
    if (!processes.alive(process)) {
      return;
    }
    ProcessHandle.of(process.pid())
        .ifPresent(handle -> {
          if (force) {
            handle.destroyForcibly();
          } else {
            handle.destroy();
          }
        });
  }
}
