package dev.tiphys.store;

import static org.awaitility.Awaitility.await;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Asks of several members until there is a leader to answer: one that a busy machine stops for as
 * long as an election takes loses the lead, and what it was asked fails.
 */
public final class Patiently {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private Patiently() {}

  /** Returns the first answer, after a minute at most. */
  public static <T> T ask(Callable<T> question) {
    return await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .until(question, answer -> true);
  }

  /**
   * Asks for a change until it is made, which may be told as failed when the lead moves meanwhile.
   *
   * @param made how it is refused once it is made
   */
  static void change(Runnable question, String made) {
    ask(() -> {
      try {
        question.run();
      } catch (StatusRuntimeException e) {
        if (!made.equals(e.getStatus().getDescription())) {
          throw e;
        }
      }
      return true;
    });
  }
}
