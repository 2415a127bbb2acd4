package dev.tiphys.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Option;

class DaemonMainTest {

  static final class Options extends DaemonOptions {
    @Option(names = "--port", defaultValue = "1", description = "Where to listen.")
    int port;
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<String> events = new ArrayList<>();

  @Test
  void helpNamesTheFlags() {
    assertThat(run((_, _) -> () -> {}, "--help")).isZero();
    assertThat(text(out)).contains("--port").contains("Where to listen.");
  }

  @Test
  void anUnknownFlagIsAUsageError() {
    assertThat(run((_, _) -> () -> {}, "--prot=1")).isEqualTo(2);
    assertThat(text(err)).contains("--prot").contains("--help lists the flags");
  }

  @Test
  void aConfigurationErrorIsOneLineAndExitCodeOne() {
    int exit =
        run(
            (options, _) -> {
              throw ConfigException.flag("--port", "must be positive, not " + options.port);
            },
            "--port=-3");

    assertThat(exit).isEqualTo(1);
    assertThat(text(err)).isEqualTo("tiphys-test: --port: must be positive, not -3\n");
  }

  @Test
  void theDaemonIsClosedWhenItsEndIsRequested() {
    int exit =
        run(
            (_, termination) -> {
              events.add("started");
              termination.request();
              return () -> events.add("closed");
            },
            "--port=2");

    assertThat(exit).isZero();
    assertThat(events).containsExactly("started", "closed");
  }

  @Test
  void aFailedPartEndsTheDaemonWithExitCodeOne() {
    int exit =
        run((_, termination) -> {
          termination.fail("lost the lease");
          return () -> events.add("closed");
        });

    assertThat(exit).isEqualTo(1);
    assertThat(events).containsExactly("closed");
  }

  private int run(DaemonMain.Starter<Options> starter, String... args) {
    IgnoredFlags ignored = new IgnoredFlags(Set.of("--feature-gates"), Set.of());
    return new DaemonMain<>("tiphys-test", new Options(), ignored, starter)
        .run(print(out), print(err), args);
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
