package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AutoCompactorTest {
  private final List<Long> compactions = new ArrayList<>();
  private long revision = 1;
  private long nanos;
  private boolean leading = true;

  @Test
  void periodicKeepsWhatIsYoungerThanTheRetention() throws InterruptedException {
    var compactor = compactor(new StoreConfig.Compaction.Periodic(Duration.ofHours(1)));
    for (int i = 0; i < 30; i++) {
      revision = 100 + i;
      compactor.tick();
      nanos += compactor.interval().toNanos();
    }
    // Every five minutes a look: the look that is an hour old is the twelfth before.
    assertThat(compactor.interval()).isEqualTo(Duration.ofMinutes(5));
    assertThat(compactions).startsWith(100L, 101L).endsWith(117L).hasSize(18);
  }

  @Test
  void revisionsKeepsTheNewestSoMany() throws InterruptedException {
    var compactor = compactor(new StoreConfig.Compaction.Revisions(1000));
    revision = 900;
    compactor.tick();
    revision = 1500;
    compactor.tick();
    compactor.tick();
    assertThat(compactions).containsExactly(500L);
  }

  @Test
  void onlyTheLeaderCompacts() throws InterruptedException {
    leading = false;
    var compactor = compactor(new StoreConfig.Compaction.Revisions(10));
    revision = 100;
    compactor.tick();
    assertThat(compactions).isEmpty();
  }

  private AutoCompactor compactor(StoreConfig.Compaction mode) {
    return new AutoCompactor(mode, () -> revision, () -> leading, () -> nanos, compactions::add);
  }
}
