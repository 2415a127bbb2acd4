package dev.tiphys.store.chaos;

import static dev.tiphys.store.chaos.Linearizability.Verdict.LINEARIZABLE;
import static dev.tiphys.store.chaos.Linearizability.Verdict.NOT_LINEARIZABLE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LinearizabilityTest {
  @Test
  void readsMayFallOnEitherSideOfAWriteAtTheSameTime() {
    assertThat(Linearizability.of(List.of(write(7, 0, 10), read(0, 1, 9), read(7, 2, 8))))
        .isEqualTo(LINEARIZABLE);
  }

  @Test
  void aReadAfterAWriteMustSeeIt() {
    assertThat(Linearizability.of(List.of(write(7, 0, 10), read(0, 11, 12))))
        .isEqualTo(NOT_LINEARIZABLE);
  }

  @Test
  void whatWasSeenOnceStays() {
    assertThat(
            Linearizability.of(List.of(write(7, 0, Operation.NEVER), read(7, 1, 2), read(0, 3, 4))))
        .isEqualTo(NOT_LINEARIZABLE);
  }

  @Test
  void aWriteWithoutAnAnswerMayHappenLateOrNever() {
    var lost = write(7, 0, Operation.NEVER);
    assertThat(Linearizability.of(List.of(lost, read(0, 1, 2), read(7, 30, 31))))
        .isEqualTo(LINEARIZABLE);
    assertThat(Linearizability.of(List.of(lost, read(0, 1, 2), read(0, 30, 31))))
        .isEqualTo(LINEARIZABLE);
  }

  @Test
  void onlyOneOfTwoTakesWhatBothExpect() {
    assertThat(Linearizability.of(List.of(swap(0, 1, 0, 10), swap(0, 2, 0, 10))))
        .isEqualTo(NOT_LINEARIZABLE);
    assertThat(Linearizability.of(List.of(swap(0, 1, 0, 10), swap(1, 2, 0, 10))))
        .isEqualTo(LINEARIZABLE);
  }

  @Test
  void whatWasDeletedIsGone() {
    var write = write(7, 0, 10);
    assertThat(Linearizability.of(List.of(write, delete(1, 20, 30), read(0, 40, 50))))
        .isEqualTo(LINEARIZABLE);
    assertThat(Linearizability.of(List.of(write, delete(1, 20, 30), read(7, 40, 50))))
        .isEqualTo(NOT_LINEARIZABLE);
    assertThat(Linearizability.of(List.of(write, delete(1, 20, 30), delete(1, 40, 50))))
        .isEqualTo(NOT_LINEARIZABLE);
  }

  /** It says that it found something, and not what. */
  @Test
  void aDeletionMayHaveFoundAWriteThatHasNoAnswer() {
    var unseen = write(7, 0, Operation.NEVER);
    assertThat(Linearizability.of(List.of(unseen, delete(1, 20, 30), read(0, 40, 50))))
        .isEqualTo(LINEARIZABLE);
    assertThat(Linearizability.of(List.of(unseen, delete(1, 20, 30), delete(1, 40, 50))))
        .isEqualTo(NOT_LINEARIZABLE);
  }

  @Test
  void aDeletionWithoutAnAnswerMayHappenLateOrNever() {
    var lost = delete(0, 20, Operation.NEVER);
    assertThat(Linearizability.of(List.of(write(7, 0, 10), lost, read(7, 30, 40), read(0, 50, 60))))
        .isEqualTo(LINEARIZABLE);
    assertThat(Linearizability.of(List.of(write(7, 0, 10), lost, read(7, 30, 40))))
        .isEqualTo(LINEARIZABLE);
    assertThat(Linearizability.of(List.of(write(7, 0, 10), lost, read(0, 11, 12))))
        .isEqualTo(NOT_LINEARIZABLE);
  }

  @Test
  void theEndOfALeaseTakesWhatIsBoundToItAndNothingElse() {
    assertThat(Linearizability.of(List.of(write(7, 0, 10), endLease(7, 20, 30), read(0, 40, 50))))
        .isEqualTo(LINEARIZABLE);
    assertThat(Linearizability.of(List.of(write(7, 0, 10), endLease(7, 20, 30), read(7, 40, 50))))
        .isEqualTo(NOT_LINEARIZABLE);
    var written = List.of(write(7, 0, 10), write(8, 11, 12), endLease(7, 20, 30), read(8, 40, 50));
    assertThat(Linearizability.of(written)).isEqualTo(LINEARIZABLE);
  }

  private static Operation delete(long found, long invoked, long returned) {
    return new Operation(Operation.Kind.DELETE, found, 0, invoked, returned);
  }

  private static Operation endLease(long bound, long invoked, long returned) {
    return new Operation(Operation.Kind.END_LEASE, bound, 0, invoked, returned);
  }

  private static Operation read(long value, long invoked, long returned) {
    return new Operation(Operation.Kind.READ, 0, value, invoked, returned);
  }

  private static Operation write(long value, long invoked, long returned) {
    return new Operation(Operation.Kind.WRITE, 0, value, invoked, returned);
  }

  private static Operation swap(long expected, long value, long invoked, long returned) {
    return new Operation(Operation.Kind.COMPARE_AND_SET, expected, value, invoked, returned);
  }
}
