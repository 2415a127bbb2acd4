package dev.tiphys.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Waiting for entries to be applied. */
class ProgressTest {
  private final Progress progress = new Progress();

  @Test
  void whoAsksForAnAppliedEntryDoesNotWait() {
    progress.reached(5);
    assertThat(progress.to(5)).isDone();
    assertThat(progress.to(4)).isDone();
  }

  @Test
  void everyoneWaitsForHisOwnEntryOnly() {
    var eighth = progress.to(8);
    var sixth = progress.to(6);
    progress.reached(6);
    assertThat(sixth).isDone();
    assertThat(eighth).isNotDone();
    progress.reached(9);
    assertThat(eighth).isDone();
  }

  @Test
  void progressIsNeverTakenBack() {
    progress.reached(9);
    progress.reached(3);
    assertThat(progress.to(9)).isDone();
  }
}
