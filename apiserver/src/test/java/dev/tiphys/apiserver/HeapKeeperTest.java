package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.HeapKeeper.Look;
import org.junit.jupiter.api.Test;

/** When the heap is collected though there is room left. */
class HeapKeeperTest {

  private static Look look(long usedMiB, long liveMiB, long youngCollections) {
    return new Look(usedMiB << 20, liveMiB << 20, youngCollections);
  }

  @Test
  void collectsWhenMuchHasGathered() {
    assertThat(look(120, 40, 100).collects(look(60, 40, 50))).isTrue();
  }

  @Test
  void toleratesAShareOfALargeHeap() {
    assertThat(look(300, 200, 100).collects(look(280, 200, 50))).isFalse();
    assertThat(look(360, 200, 100).collects(look(280, 200, 50))).isTrue();
  }

  @Test
  void leavesABusyServerAloneOverALittle() {
    assertThat(look(60, 40, 100).collects(look(55, 40, 50))).isFalse();
  }

  @Test
  void collectsALittleWhenNobodyWorks() {
    assertThat(look(60, 40, 100).collects(look(60, 40, 100))).isTrue();
    assertThat(look(45, 40, 100).collects(look(45, 40, 100))).isFalse();
  }

  @Test
  void knowsNothingOfWorkAtTheFirstLook() {
    assertThat(look(60, 40, 0).collects(null)).isFalse();
  }
}
