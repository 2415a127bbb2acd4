package dev.tiphys.scheduler.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.environment.VirtualThreads;
import org.junit.jupiter.api.Test;

class SchedulingQueueTest {

  private final SchedulingQueue queue = new SchedulingQueue(new VirtualThreads());

  private static ObjectKey pod(String name) {
    return ObjectKey.of("default", name);
  }

  @Test
  void podsAreTakenByPriorityAndThenByAge() {
    queue.add(pod("first"), 0);
    queue.add(pod("second"), 0);
    queue.add(pod("urgent"), 10);

    assertThat(queue.poll()).isEqualTo(pod("urgent"));
    assertThat(queue.poll()).isEqualTo(pod("first"));
    assertThat(queue.poll()).isEqualTo(pod("second"));
    assertThat(queue.poll()).isNull();
  }

  @Test
  void aPodThatIsAddedAgainWaitsOnce() {
    queue.add(pod("first"), 0);
    queue.add(pod("first"), 0);

    assertThat(queue.poll()).isEqualTo(pod("first"));
    assertThat(queue.poll()).isNull();
  }
}
