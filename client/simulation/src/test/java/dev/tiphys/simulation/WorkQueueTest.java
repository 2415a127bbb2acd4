package dev.tiphys.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.client.controller.Telemetry;
import dev.tiphys.client.controller.WorkQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkQueueTest {

  private final SimulatedEnvironment environment = new SimulatedEnvironment(1);
  private final WorkQueue<String> queue = new WorkQueue<>("test", environment, Telemetry.NONE);

  @Test
  void aKeyWaitsOnceHoweverOftenItIsAdded() {
    queue.add("a");
    queue.add("a");

    assertThat(queue.poll()).isEqualTo("a");
    assertThat(queue.poll()).isNull();
  }

  @Test
  void aKeyUnderWorkIsHandedOutAgainOnlyWhenDone() {
    queue.add("a");
    queue.poll();
    queue.add("a");
    assertThat(queue.poll()).isNull();

    queue.done("a");

    assertThat(queue.poll()).isEqualTo("a");
  }

  @Test
  void ofSeveralDelaysTheEarliestCounts() {
    List<Duration> ready = new ArrayList<>();
    queue.onReady(() -> ready.add(environment.uptime()));
    queue.addAfter("a", Duration.ofMinutes(5));
    queue.addAfter("a", Duration.ofMinutes(1));
    queue.addAfter("a", Duration.ofMinutes(3));

    environment.runFor(Duration.ofMinutes(10));

    assertThat(ready).containsExactly(Duration.ofMinutes(1));
  }

  @Test
  void retriesComeLaterEachTimeUntilForgotten() {
    List<Duration> ready = new ArrayList<>();
    queue.onReady(() -> ready.add(environment.uptime()));
    for (int i = 0; i < 4; i++) {
      queue.addRateLimited("a");
      environment.runFor(Duration.ofSeconds(1));
      queue.poll();
      queue.done("a");
    }
    queue.forget("a");
    queue.addRateLimited("a");
    environment.runFor(Duration.ofSeconds(1));

    List<Long> delays = new ArrayList<>();
    for (int i = 0; i < ready.size(); i++) {
      delays.add(ready.get(i).minusSeconds(i).toMillis());
    }
    assertThat(delays).containsExactly(5L, 10L, 20L, 40L, 5L);
  }

  @Test
  void aClosedQueueTakesNothingMore() {
    queue.addAfter("a", Duration.ofSeconds(1));
    queue.close();
    queue.add("b");
    environment.runFor(Duration.ofMinutes(1));

    assertThat(queue.poll()).isNull();
  }
}
