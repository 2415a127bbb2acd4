package dev.tiphys.store.mvcc;

import java.io.IOException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * The state machine and the plainest model of it answer alike, through restarts, power cuts,
 * compactions and snapshots. What fails is cut down to the few steps that it takes.
 */
class MachineModelTest {
  @Property(tries = 150, shrinking = ShrinkingMode.FULL)
  void answersLikeTheModel(
      @ForAll @Size(min = 1, max = 400) List<@IntRange(min = 0, max = 9999) Integer> steps)
      throws IOException, InterruptedException {
    new ModelRun().run(steps);
  }
}
