package dev.tiphys.store;

import static org.awaitility.Awaitility.await;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks of several members until there is a leader to answer: one that a busy machine stops for as
 * long as an election takes loses the lead, and what it was asked fails. Any other answer stands.
 */
public final class Patiently {
  private static final Set<String> LEADERLESS =
      Set.of(
          "etcdserver: no leader", "etcdserver: leader changed", "etcdserver: request timed out");

  private Patiently() {}

  /**
   * Returns the first answer.
   *
   * @param notYet refusals after which it is asked again, too
   */
  public static <T> T ask(Callable<T> question, String... notYet) {
    var later = List.of(notYet);
    return await()
        .atMost(TestCluster.PATIENCE)
        .pollDelay(Duration.ZERO)
        .ignoreExceptionsMatching(e -> isForWantOfLeader(e) || later.contains(text(e)))
        .until(question, answer -> true);
  }

  /**
   * Asks for a change until it is made, which may be told as failed when the lead moves meanwhile.
   *
   * @param made how it is refused once it is made; after such a failure only, that is as good
   * @param notYet as with {@link #ask}
   */
  static void change(Runnable question, String made, String... notYet) {
    var doubtful = new AtomicBoolean();
    ask(
        () -> {
          try {
            question.run();
          } catch (StatusRuntimeException e) {
            if (isForWantOfLeader(e)) {
              doubtful.set(true);
            }
            if (!doubtful.get() || !made.equals(text(e))) {
              throw e;
            }
          }
          return true;
        },
        notYet);
  }

  /** True of the answer to a call that fell into an election. */
  public static boolean isForWantOfLeader(Throwable failure) {
    return LEADERLESS.contains(text(failure));
  }

  private static String text(Throwable failure) {
    return failure instanceof StatusRuntimeException e && e.getStatus().getDescription() != null
        ? e.getStatus().getDescription()
        : "";
  }
}
