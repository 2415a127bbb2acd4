package dev.tiphys.store.bench;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What can only be measured by who may look at members and end them: memory, a restart, the loss of
 * the leader. In the end all of them run again.
 */
final class LifeBench {
  static final String MEMORY = "memory";
  static final String RESTART = "restart";
  static final String FAILOVER = "failover";

  private static final int FEWEST = 3;

  private final List<LocalMember> members = new ArrayList<>();
  private final PrintStream out;

  /**
   * Takes the members.
   *
   * @param pids of the processes, in the order of the endpoints
   * @throws IOException when there are not as many, or one does not run
   */
  LifeBench(List<String> endpoints, List<Long> pids, Endpoints connections, PrintStream out)
      throws IOException {
    if (pids.size() != endpoints.size()) {
      throw new IOException(
          "the rows memory, restart and failover look at processes on this machine, and the last two"
              + " end them: give --pids, one for each of --endpoints, in the same order");
    }
    this.out = out;
    for (int i = 0; i < pids.size(); i++) {
      members.add(new LocalMember(endpoints.get(i), connections.channel(i), pids.get(i)));
    }
  }

  /**
   * Prints those rows that are asked for.
   *
   * @param key that is written
   */
  void measure(List<String> rows, ByteString key) throws IOException {
    if (rows.contains(MEMORY)) {
      memory();
    }
    if (rows.contains(FAILOVER)) {
      failover(key);
    }
    if (rows.contains(RESTART)) {
      restart();
    }
  }

  /** Prints what each member holds now. */
  private void memory() throws IOException {
    for (var member : members) {
      line("resident memory of " + member.endpoint(), member.residentBytes() / 1e6, "MB");
    }
  }

  /** Ends the first member in order, and prints how long its start takes. */
  private void restart() throws IOException {
    var member = members.getFirst();
    long asked = System.nanoTime();
    member.terminate();
    member.awaitEnd();
    line("SIGTERM to the end of " + member.endpoint(), seconds(asked), "s");
    long started = System.nanoTime();
    member.start();
    member.awaitServing();
    line("its start to a linearizable range", seconds(started), "s");
    line("its process is now", member.pid(), "");
  }

  /** Kills the leader, and prints how long nobody can write. */
  private void failover(ByteString key) throws IOException {
    if (members.size() < FEWEST) {
      throw new IOException("the row failover takes three members or more: give all --endpoints");
    }
    var leader = members.stream().filter(LocalMember::leads).findFirst();
    if (leader.isEmpty()) {
      throw new IOException("none of --endpoints leads: give all of them");
    }
    var survivor = members.stream().filter(m -> m != leader.get()).findFirst().orElseThrow();
    survivor.awaitWrite(key);
    long killed = System.nanoTime();
    leader.get().kill();
    survivor.awaitWrite(key);
    line("kill -9 of the leader to the next write", seconds(killed), "s");
    leader.get().awaitEnd();
    leader.get().start();
    leader.get().awaitServing();
    line("process of " + leader.get().endpoint() + " is now", leader.get().pid(), "");
  }

  private static double seconds(long since) {
    return Duration.ofNanos(System.nanoTime() - since).toMillis() / 1000.0;
  }

  private void line(String what, double value, String unit) {
    out.printf(
        Locale.ROOT,
        unit.isEmpty() ? "| %-42s | %9.0f |%s%n" : "| %-42s | %9.3f %s |%n",
        what,
        value,
        unit);
  }
}
