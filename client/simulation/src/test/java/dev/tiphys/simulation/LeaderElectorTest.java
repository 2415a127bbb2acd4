package dev.tiphys.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.Resources;
import dev.tiphys.client.leader.LeaderElector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class LeaderElectorTest {

  private final SimulatedEnvironment environment = new SimulatedEnvironment(3);
  private final SimulatedCluster cluster = new SimulatedCluster(environment);
  private final List<String> events = new ArrayList<>();

  private LeaderElector elector(String identity, SimulatedEnvironment.Process process) {
    LeaderElector elector =
        new LeaderElector(
            cluster.client().resource(Resources.LEASES),
            LeaderElector.Config.of("kube-system", "test", identity),
            process,
            () -> events.add(identity + " started"),
            () -> events.add(identity + " stopped"));
    elector.start();
    return elector;
  }

  @Test
  void whenTheLeaderDiesAnotherTakesOverAfterTheLeaseDuration() {
    SimulatedEnvironment.Process first = environment.process("first");
    elector("first", first);
    environment.runFor(Duration.ofSeconds(5));
    elector("second", environment.process("second"));
    environment.runFor(Duration.ofMinutes(1));
    assertThat(events).containsExactly("first started");

    first.kill();
    environment.runFor(Duration.ofSeconds(12));
    assertThat(events).containsExactly("first started");
    environment.runFor(Duration.ofSeconds(10));

    assertThat(events).containsExactly("first started", "second started");
    assertThat(cluster.all(Resources.LEASES).getFirst().spec().leaseTransitions()).isEqualTo(1);
  }

  @Test
  void aLeaderThatClosesHandsOverAtOnce() {
    SimulatedEnvironment.Process process = environment.process("first");
    LeaderElector first = elector("first", process);
    environment.runFor(Duration.ofSeconds(5));
    elector("second", environment.process("second"));
    environment.runFor(Duration.ofSeconds(20));

    first.close();
    environment.runFor(Duration.ofSeconds(4));

    assertThat(events).containsExactly("first started", "second started");
  }

  @Test
  void aLeaderThatCannotRenewStopsBeforeAnotherMayStart() {
    elector("first", environment.process("first"));
    environment.runFor(Duration.ofSeconds(5));

    cluster.faults(new Faults(Duration.ZERO, 1, 0, 0));
    environment.runFor(Duration.ofSeconds(11));

    assertThat(events).containsExactly("first started", "first stopped");
  }
}
