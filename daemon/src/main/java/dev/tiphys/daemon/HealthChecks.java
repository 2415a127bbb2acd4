package dev.tiphys.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Named checks behind {@code /healthz}, {@code /livez} and {@code /readyz}. Checks may be added
 * while the daemon runs. Thread-safe.
 */
public final class HealthChecks {

  /** One check. Must answer within the patience of a probe, and not throw. */
  @FunctionalInterface
  public interface Check {
    /** Empty if all is well, else a sentence for the operator. */
    Optional<String> problem();
  }

  /** Which question a check answers. */
  public enum Scope {
    /** Asked by all three paths: a daemon that fails it should be restarted. */
    LIVE,
    /** Asked by {@code /readyz} only: it should not be sent work yet. */
    READY
  }

  /**
   * The answer of a path.
   *
   * @param healthy whether all its checks passed
   * @param report a line a check, in upstream's form ({@code [+]ping ok})
   */
  public record Outcome(boolean healthy, String report) {}

  private record Named(String name, Scope scope, Check check) {}

  private final List<Named> checks = new CopyOnWriteArrayList<>();

  /** Starts with {@code ping}, which always passes. */
  public HealthChecks() {
    add("ping", Scope.LIVE, Optional::empty);
  }

  /** Adds a check, after those that are there. */
  public void add(String name, Scope scope, Check check) {
    checks.add(new Named(name, scope, check));
  }

  /**
   * Runs the checks of a path.
   *
   * @param path {@code healthz}, {@code livez} or {@code readyz}, for the report's last line
   * @param excluded names of checks to pass over
   */
  public Outcome run(String path, List<String> excluded) {
    boolean ready = path.equals("readyz");
    boolean healthy = true;
    List<String> lines = new ArrayList<>();
    for (Named named : checks) {
      if (named.scope() == Scope.READY && !ready) {
        continue;
      }
      if (excluded.contains(named.name())) {
        lines.add("[+]" + named.name() + " excluded: ok");
        continue;
      }
      Optional<String> problem = named.check().problem();
      healthy &= problem.isEmpty();
      lines.add(
          problem
              .map(p -> "[-]" + named.name() + " failed: " + p)
              .orElse("[+]" + named.name() + " ok"));
    }
    lines.add(path + (healthy ? " check passed" : " check failed"));
    return new Outcome(healthy, String.join("\n", lines) + "\n");
  }

  /** Runs one check by name; empty if there is none of that name. */
  public Optional<Outcome> runOne(String name) {
    return checks.stream()
        .filter(named -> named.name().equals(name))
        .findFirst()
        .map(named ->
            named
                .check()
                .problem()
                .map(p -> new Outcome(false, "internal server error: " + p + "\n"))
                .orElse(new Outcome(true, "ok")));
  }
}
