package dev.tiphys.kubeproxy.iptables;

import dev.tiphys.kubeproxy.Limits;
import dev.tiphys.kubeproxy.service.IpFamily;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The kernel's tables of one family, through the {@code iptables} or {@code ip6tables} programs.
 * The only place that runs them. For one thread at a time; whoever else writes to the tables is
 * kept out by {@code -w}, iptables' own lock.
 */
public final class Iptables {

  private static final String WAIT_SECONDS = "5";

  private final String program;

  /** The tables for packets of a family. */
  public Iptables(IpFamily family) {
    this.program = family == IpFamily.IPV6 ? "ip6tables" : "iptables";
  }

  /**
   * Applies a script.
   *
   * @param script of {@link RestoreScript}
   * @throws IptablesException with the line that iptables complained about
   */
  public void restore(String script) throws IptablesException {
    run(List.of(program + "-restore", "-w", WAIT_SECONDS, "--noflush"), script);
  }

  /**
   * Chains of the proxy's that are in the kernel, whoever left them, as a rule set whose chains
   * have unknown contents; the next script rewrites or removes each.
   */
  public RuleSet leftovers() throws IptablesException {
    RuleSet.Builder found = new RuleSet.Builder();
    for (Table table : Table.values()) {
      for (String chain : chains(table)) {
        if (ChainNames.isOurs(chain)) {
          found.rule(table, chain, "unknown");
        }
      }
    }
    return found.build();
  }

  /** Whether nobody flushed or deleted our chains since they were written. */
  public boolean isIntact() throws IptablesException {
    for (Table table : Table.values()) {
      if (!chains(table).contains(ChainNames.CANARY)) {
        return false;
      }
    }
    return true;
  }

  /** Makes sure that every {@link Jump} is there once, at the top of its chain. */
  public void ensureJumps() throws IptablesException {
    for (Jump jump : Jump.ALL) {
      if (!succeeds(command(jump, "-C"))) {
        run(command(jump, "-I"), "");
      }
    }
  }

  /** Removes every chain of the proxy's and every jump into one. */
  public void removeAll() throws IptablesException {
    for (Jump jump : Jump.ALL) {
      while (succeeds(command(jump, "-D"))) {
        continue;
      }
    }
    RuleSet.Builder present = new RuleSet.Builder();
    for (Table table : Table.values()) {
      for (String chain : chains(table)) {
        if (ChainNames.isOurs(chain) || ChainNames.FIXED.contains(chain)) {
          present.chain(table, chain);
        }
      }
    }
    restore(RestoreScript.between(present.build(), RuleSet.EMPTY));
  }

  private List<String> command(Jump jump, String action) {
    List<String> command =
        new ArrayList<>(
            List.of(
                program, "-w", WAIT_SECONDS, "-t", jump.table().lowerCase(), action, jump.from()));
    command.addAll(jump.match());
    command.addAll(List.of("-j", jump.to()));
    return command;
  }

  private Set<String> chains(Table table) throws IptablesException {
    Set<String> chains = new HashSet<>();
    for (String line : run(List.of(program + "-save", "-t", table.lowerCase()), "").split("\n")) {
      if (line.startsWith(":")) {
        chains.add(line.substring(1, line.indexOf(' ')));
      }
    }
    return chains;
  }

  private static boolean succeeds(List<String> command) throws IptablesException {
    return execute(command, "").exitCode() == 0;
  }

  private static String run(List<String> command, String input) throws IptablesException {
    Outcome outcome = execute(command, input);
    if (outcome.exitCode() != 0) {
      throw new IptablesException(
          String.join(" ", command) + " failed: " + outcome.errors().strip());
    }
    return outcome.output();
  }

  private record Outcome(int exitCode, String output, String errors) {}

  private static Outcome execute(List<String> command, String input) throws IptablesException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(false).start();
      // Errors are read aside, for a full pipe would stop the program while it is being fed.
      StringBuilder errors = new StringBuilder();
      Thread reader = Thread.ofVirtual().start(() -> errors.append(read(process.getErrorStream())));
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String output = read(process.getInputStream());
      if (!process.waitFor(Limits.PROGRAM_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IptablesException(
            command.getFirst() + " did not end in " + Limits.PROGRAM_TIMEOUT);
      }
      reader.join();
      return new Outcome(process.exitValue(), output, errors.toString());
    } catch (IOException e) {
      throw new IptablesException(
          "cannot run "
              + command.getFirst()
              + "; is the package iptables installed? "
              + e.getMessage(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IptablesException("interrupted while running " + command.getFirst(), e);
    }
  }

  private static String read(InputStream in) {
    try (in) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "(output lost: " + e.getMessage() + ")";
    }
  }
}
