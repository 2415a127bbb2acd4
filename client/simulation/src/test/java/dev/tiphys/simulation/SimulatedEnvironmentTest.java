package dev.tiphys.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.client.environment.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatedEnvironmentTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void timeJumpsToWhatIsDue() {
    SimulatedEnvironment environment = new SimulatedEnvironment(1);
    List<String> seen = new ArrayList<>();
    environment.schedule(Duration.ofHours(2), "late", () -> seen.add("late"));
    environment.schedule(
        SECOND,
        "sleeper",
        () -> {
          sleep(environment, Duration.ofHours(1));
          seen.add("slept until " + environment.uptime());
        });

    environment.runFor(Duration.ofHours(3));

    assertThat(seen).containsExactly("slept until PT1H1S", "late");
    assertThat(environment.uptime()).isEqualTo(Duration.ofHours(3));
  }

  @Test
  void oneSeedGivesOneCourse() {
    assertThat(course(7)).isEqualTo(course(7)).isNotEqualTo(course(8));
  }

  private static List<Integer> course(long seed) {
    SimulatedEnvironment environment = new SimulatedEnvironment(seed);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int number = i;
      environment.execute("task", () -> order.add(number));
    }
    environment.runFor(SECOND);
    return order;
  }

  @Test
  void aCancelledSleeperIsInterruptedAndAScheduledTaskNeverBegins() {
    SimulatedEnvironment environment = new SimulatedEnvironment(1);
    List<String> seen = new ArrayList<>();
    Environment.Task sleeper =
        environment.execute(
            "sleeper",
            () -> {
              try {
                environment.sleep(Duration.ofDays(1));
              } catch (InterruptedException e) {
                seen.add("interrupted at " + environment.uptime());
              }
            });
    Environment.Task never = environment.schedule(SECOND, "never", () -> seen.add("never"));
    environment.runFor(Duration.ofMillis(500));
    sleeper.cancel();
    never.cancel();

    environment.runFor(Duration.ofDays(2));

    assertThat(seen).containsExactly("interrupted at PT0.5S");
  }

  @Test
  void aKilledProcessStopsWhereverItIs() {
    SimulatedEnvironment environment = new SimulatedEnvironment(1);
    SimulatedEnvironment.Process process = environment.process("daemon");
    List<String> seen = new ArrayList<>();
    process.execute(
        "work",
        () -> {
          seen.add("before");
          sleep(process, SECOND);
          seen.add("after");
        });
    environment.runFor(Duration.ofMillis(10));
    process.kill();

    environment.runFor(Duration.ofMinutes(1));

    assertThat(seen).containsExactly("before");
  }

  @Test
  void aTaskThatFailsFailsTheRun() {
    SimulatedEnvironment environment = new SimulatedEnvironment(1);
    environment.execute(
        "broken",
        () -> {
          throw new IllegalStateException("a defect");
        });

    assertThatThrownBy(() -> environment.runFor(SECOND)).hasRootCauseMessage("a defect");
  }

  private static void sleep(Environment environment, Duration duration) {
    try {
      environment.sleep(duration);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
