package dev.tiphys.store.mvcc;

import java.io.IOException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * The state machine and the plainest model of it answer alike, through restarts, crashes and
 * compactions.
 */
class MachineModelTest {
  @Property(tries = 150)
  void answersLikeTheModel(@ForAll long seed) throws IOException {
    new ModelRun(seed).run(300);
  }
}
