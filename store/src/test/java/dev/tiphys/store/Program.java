package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's etcdctl, spoken to as on a terminal. */
final class Program {
  static final String MISSING = "no etcdctl in the PATH; apt-get install etcd-client brings one";
  private static final int PATIENCE_SECONDS = 60;

  private final List<String> flags;

  /** What came of a run. */
  record Result(int code, String output) {}

  Program(String... flags) {
    this.flags = List.of(flags);
  }

  static boolean isInstalled() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "etcdctl")));
  }

  /** Runs to the end, which must be a good one, and returns what was printed. */
  String run(String... arguments) throws IOException, InterruptedException {
    return feed("", arguments);
  }

  /** As {@link #run}, with something to read. */
  String feed(String input, String... arguments) throws IOException, InterruptedException {
    var result = end(input, arguments);
    assertThat(result.code).as("%s: %s", List.of(arguments), result.output).isZero();
    return result.output.strip();
  }

  /** Runs to an end that must be a bad one, and returns what was printed. */
  String fail(String... arguments) throws IOException, InterruptedException {
    var result = end("", arguments);
    assertThat(result.code).as("%s: %s", List.of(arguments), result.output).isNotZero();
    return result.output.strip();
  }

  /** Runs to an end that may be a good or a bad one, and returns what was printed. */
  String judge(String... arguments) throws IOException, InterruptedException {
    return end("", arguments).output.strip();
  }

  private Result end(String input, String... arguments) throws IOException, InterruptedException {
    var process = start(arguments);
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), output);
  }

  /** Starts a run that does not end by itself; close it. */
  Running open(String... arguments) throws IOException {
    return new Running(start(arguments));
  }

  private Process start(String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add("etcdctl");
    command.addAll(flags);
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("ETCDCTL_API", "3");
    return builder.start();
  }

  /** One that goes on. */
  static final class Running implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;

    private Running(Process process) {
      this.process = process;
      this.lines = process.inputReader();
    }

    /** The next line that it prints. */
    String line() throws IOException {
      var line = lines.readLine();
      assertThat(line).as("the program ended").isNotNull();
      return line;
    }

    @Override
    public void close() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }
}
