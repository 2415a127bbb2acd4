package dev.tiphys.client.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class VirtualThreadsTest {

  private final VirtualThreads environment = new VirtualThreads();

  @Test
  void worksRunTogetherAndAreWaitedFor() {
    CountDownLatch meeting = new CountDownLatch(3);
    LinkedBlockingQueue<String> done = new LinkedBlockingQueue<>();
    Runnable work =
        () -> {
          meeting.countDown();
          await(meeting);
          done.add("done");
        };

    environment.runAll("meet", List.of(work, work, work));

    assertThat(done).hasSize(3);
  }

  @Test
  void whatOneThrowsIsThrownWhenAllHaveEnded() {
    LinkedBlockingQueue<String> done = new LinkedBlockingQueue<>();
    Runnable broken =
        () -> {
          throw new IllegalStateException("broken");
        };

    assertThatThrownBy(
            () -> environment.runAll("some", List.of(broken, () -> done.add("the other"))))
        .hasMessage("broken");
    assertThat(done).containsExactly("the other");
  }

  @Test
  void aCancelledTaskTakesItsWorksAlong() throws InterruptedException {
    LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
    CountDownLatch begun = new CountDownLatch(2);
    CountDownLatch never = new CountDownLatch(1);
    Runnable stuck =
        () -> {
          begun.countDown();
          try {
            never.await();
          } catch (InterruptedException e) {
            seen.add("interrupted");
          }
        };
    Environment.Task task =
        environment.execute(
            "both",
            () -> {
              try {
                environment.runAll("stuck", List.of(stuck, stuck));
              } catch (CancellationException e) {
                seen.add("cancelled");
              }
            });
    begun.await();

    task.cancel();

    for (String expected : List.of("interrupted", "interrupted", "cancelled")) {
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo(expected);
    }
  }

  @Test
  void aTaskThatIsCancelledBeforeItsTimeNeverRuns() throws InterruptedException {
    LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
    environment.schedule(Duration.ofDays(1), "late", () -> seen.add("late")).cancel();
    environment.execute("now", () -> seen.add("now"));

    assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("now");
    assertThat(seen).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
