package dev.tiphys.deploy.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs h2load, one run at a time. */
final class LoadGenerator {

  private static final Pattern FINISHED = Pattern.compile("finished in .*?, ([0-9.]+) req/s");
  private static final Pattern SUCCEEDED =
      Pattern.compile("status codes: (\\d+) 2xx, (\\d+) 3xx, (\\d+) 4xx, (\\d+) 5xx");

  private final Path program;
  private final Path scratch;
  private final List<String> headers;

  /**
   * Uses an installed h2load.
   *
   * @param scratch a directory for its files
   * @param token that every request carries
   */
  LoadGenerator(Path scratch, String token) {
    this.program = installed();
    this.scratch = scratch;
    this.headers =
        List.of(
            "-H",
            "authorization: Bearer " + token,
            "-H",
            "content-type: application/json",
            "-H",
            "user-agent: tiphys-bench");
  }

  /** Where h2load is; says how to get it if it is not. */
  static Path installed() {
    for (String directory : List.of("/usr/bin", "/usr/local/bin")) {
      Path candidate = Path.of(directory, "h2load");
      if (Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    throw new BenchFailure("h2load is needed: apt-get install nghttp2-client");
  }

  /**
   * How requests are sent.
   *
   * @param requests in all
   * @param connections over which they go
   * @param streams under way at once on each connection
   */
  record Shape(int requests, int connections, int streams) {
    /** So many under way at once, eight to a connection at most. */
    static Shape inFlight(int atOnce, int requests) {
      int streams = atOnce >= 64 ? 8 : atOnce >= 16 ? 4 : 1;
      return new Shape(requests, atOnce / streams, streams);
    }
  }

  /**
   * What came of it.
   *
   * @param perSecond successes
   * @param p50 half of all took less
   * @param p99 of a hundred requests 99 took less
   * @param failed requests without a 2xx
   */
  record Load(double perSecond, Duration p50, Duration p99, long failed) {}

  /**
   * Sends requests and waits for the answers.
   *
   * @param targets asked in turn
   * @param body POSTed; null for GET
   */
  Load run(Shape shape, List<URI> targets, @Nullable Path body) {
    Path log = scratch.resolve("requests.tsv");
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(List.of("-n", String.valueOf(shape.requests())));
    command.addAll(List.of("-c", String.valueOf(shape.connections())));
    command.addAll(List.of("-m", String.valueOf(shape.streams())));
    command.addAll(List.of("--log-file", log.toString()));
    command.addAll(headers);
    if (body != null) {
      command.addAll(List.of("-d", body.toString()));
    }
    targets.forEach(target -> command.add(target.toString()));
    try {
      Files.deleteIfExists(log);
      String output = output(command);
      return read(output, shape, Files.readAllLines(log));
    } catch (IOException e) {
      throw new BenchFailure("h2load cannot be run", e);
    }
  }

  private String output(List<String> command) throws IOException {
    Path out = scratch.resolve("h2load.out");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      if (!process.waitFor(Limits.LOAD.toSeconds(), TimeUnit.SECONDS)) {
        throw new BenchFailure(
            "the server did not answer within " + Limits.LOAD.toSeconds() + " s");
      }
      return Files.readString(out);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted");
    } finally {
      process.destroyForcibly();
    }
  }

  static Load read(String output, Shape shape, List<String> log) {
    Matcher finished = FINISHED.matcher(output);
    Matcher codes = SUCCEEDED.matcher(output);
    if (!finished.find() || !codes.find()) {
      throw new BenchFailure("h2load said nothing of use:\n" + output);
    }
    long succeeded = Long.parseLong(codes.group(1));
    long[] micros =
        log.stream()
            .map(line -> line.split("\t"))
            .filter(columns -> columns.length >= 3 && !columns[1].equals("-1"))
            .mapToLong(columns -> Long.parseLong(columns[2]))
            .sorted()
            .toArray();
    double perSecond =
        Double.parseDouble(finished.group(1)) * succeeded / Math.max(1, shape.requests());
    return new Load(
        perSecond, quantile(micros, 0.5), quantile(micros, 0.99), shape.requests() - succeeded);
  }

  private static Duration quantile(long[] sorted, double share) {
    return sorted.length == 0
        ? Duration.ZERO
        : Duration.ofNanos(
            TimeUnit.MICROSECONDS.toNanos(
                sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))]));
  }

  /** Writes a body for {@link #run}. */
  Path body(String name, String json) {
    try {
      return Files.writeString(scratch.resolve(name), json);
    } catch (IOException e) {
      throw new BenchFailure("cannot write " + name, e);
    }
  }
}
