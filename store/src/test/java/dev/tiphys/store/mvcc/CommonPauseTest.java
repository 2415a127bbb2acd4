package dev.tiphys.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CommonPauseTest {

  @Test
  void itEndsForAllWhoMakeItAndCanBeMadeAgain() throws Exception {
    var pause = new CommonPause(Duration.ofMillis(5));
    for (int again = 0; again < 20; again++) {
      for (var thread : begin(pause, 10)) {
        thread.join();
      }
    }
  }

  @Test
  void whoJoinsIsNotLeftWaitingWhenTheFirstIsInterrupted() throws Exception {
    var pause = new CommonPause(Duration.ofDays(1));
    var first = begin(pause);
    var others = begin(pause, 3);
    for (var other : others) {
      await().until(() -> other.getState() == Thread.State.WAITING);
    }
    first.interrupt();
    for (var other : others) {
      other.join();
    }
  }

  @Test
  void whoIsInterruptedLeavesAlone() throws Exception {
    var pause = new CommonPause(Duration.ofDays(1));
    var first = begin(pause);
    var second = begin(pause, 1).getFirst();
    second.interrupt();
    second.join();
    assertThat(first.isAlive()).isTrue();
    first.interrupt();
    first.join();
  }

  private static Thread begin(CommonPause pause) {
    var first = begin(pause, 1).getFirst();
    await().until(() -> first.getState() == Thread.State.TIMED_WAITING);
    return first;
  }

  private static List<Thread> begin(CommonPause pause, int count) {
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < count; i++) {
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  pause.make();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }));
    }
    return threads;
  }
}
