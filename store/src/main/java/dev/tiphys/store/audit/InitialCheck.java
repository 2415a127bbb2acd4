package dev.tiphys.store.audit;

import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.raft.Member;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Before a member takes part: whether it holds what the others do that answer. */
public final class InitialCheck {
  private static final Logger log = LoggerFactory.getLogger(InitialCheck.class);

  private InitialCheck() {}

  /**
   * Compares this member with the others. Passes where none of them answers, as in etcd: those that
   * start at the same time do not answer yet.
   *
   * @param self this member's number
   * @throws IOException with words for the operator when others differ from this one and it is not
   *     of the majority; or when its log cannot be read
   */
  public static void run(Comparison comparison, List<Member> members, long self)
      throws IOException, InterruptedException {
    Verdict verdict;
    try {
      verdict = comparison.compare(members, 0, () -> false);
    } catch (StoreException e) {
      log.warn("initial corruption check: nothing to compare reason=\"{}\"", e.getMessage());
      return;
    }
    var suspects = verdict.suspects();
    if (suspects.contains(self)) {
      throw new IOException(
          "this member holds something else than the majority does ("
              + verdict
              + "): replace it (etcdctl member remove "
              + Long.toHexString(self)
              + ", then member add with an empty --data-dir)");
    }
    if (suspects.contains(Verdict.NOBODY)) {
      throw new IOException(
          "this member holds something else than another one does ("
              + verdict
              + "), and no majority tells who is right: replace this one (etcdctl member remove "
              + Long.toHexString(self)
              + ", then member add with an empty --data-dir); or, if it is the one that is right,"
              + " start it without --experimental-initial-corrupt-check");
    }
    if (!suspects.isEmpty()) {
      log.error("initial corruption check: others differ from the majority result=\"{}\"", verdict);
      return;
    }
    if (verdict.compared() < 2) {
      log.warn("initial corruption check: nobody could be compared with this member");
    } else {
      log.info("initial corruption check passed result=\"{}\" all={}", verdict, verdict.isOfAll());
    }
  }
}
