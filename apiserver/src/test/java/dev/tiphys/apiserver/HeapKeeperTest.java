package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.HeapKeeper.Look;
import org.junit.jupiter.api.Test;

/** When the heap is collected though there is room left. */
class HeapKeeperTest {

  private static Look look(long usedMiB, long liveMiB, long youngCollections) {
    return new Look(usedMiB << 20, liveMiB << 20, youngCollections);
  }

  private final HeapKeeper.Judgement judgement = new HeapKeeper.Judgement();

  /** What is decided at the last of some looks. */
  private boolean collectsAfter(Look... looks) {
    boolean last = false;
    for (Look look : looks) {
      last = judgement.collects(look);
    }
    return last;
  }

  @Test
  void collectsWhenMuchHasGathered() {
    assertThat(collectsAfter(look(60, 40, 50), look(120, 40, 100))).isTrue();
  }

  @Test
  void toleratesAShareOfALargeHeap() {
    assertThat(collectsAfter(look(280, 200, 50), look(300, 200, 100))).isFalse();
    assertThat(collectsAfter(look(360, 200, 150))).isTrue();
  }

  @Test
  void leavesABusyServerAloneOverALittle() {
    assertThat(collectsAfter(look(55, 40, 50), look(60, 40, 100))).isFalse();
  }

  @Test
  void collectsALittleWhenNobodyWorks() {
    assertThat(collectsAfter(look(60, 40, 100), look(60, 40, 100))).isTrue();
    assertThat(collectsAfter(look(45, 40, 100))).isFalse();
  }

  @Test
  void knowsNothingOfWorkAtTheFirstLook() {
    assertThat(collectsAfter(look(60, 40, 0))).isFalse();
  }

  @Test
  void letsGoOfWhatIsSoftlyHeldOnceWhenWorkHasBeenOverForAWhile() {
    assertThat(collectsAfter(look(40, 40, 0), look(45, 40, 50))).isFalse();
    assertThat(collectsAfter(look(45, 40, 50))).isFalse();
    assertThat(collectsAfter(look(45, 40, 51))).isTrue();
    assertThat(collectsAfter(look(30, 30, 51), look(31, 30, 52), look(31, 30, 52))).isFalse();
  }
}
