package dev.tiphys.store.raft;

import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What the failure of an entry on its way to the leader means. */
final class Refusals {
  /** Said before anything was appended. */
  private static final List<StoreError> BEFORE =
      List.of(StoreError.NO_LEADER, StoreError.NOT_LEADER);

  private Refusals() {}

  /** True when the entry surely was not ordered and will not be. */
  static boolean isCertain(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return true; // nobody was there to take it
      }
    }
    return BEFORE.contains(error(failure));
  }

  /** The error to give to who waits; when in doubt that it took too long, for it may yet happen. */
  static StoreError error(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StoreException refused) {
        return refused.error();
      }
      if (cause instanceof StatusRuntimeException answer) {
        var said = named(answer.getStatus().getDescription());
        return said == null ? StoreError.TIMEOUT : said;
      }
    }
    return StoreError.STOPPED;
  }

  /**
   * Waits for what was ordered.
   *
   * @throws StoreException with what was said against it, or when it takes too long
   */
  static <T> T await(CompletableFuture<T> future, Duration timeout) throws InterruptedException {
    try {
      return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw StoreError.TIMEOUT.exception();
    } catch (ExecutionException e) {
      for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
        if (cause instanceof StoreException refused) {
          throw refused;
        }
        if (cause instanceof StatusRuntimeException) {
          throw StoreError.TIMEOUT.exception(); // the leader went away, perhaps with the command
        }
      }
      throw StoreError.STOPPED.exception();
    }
  }

  private static @Nullable StoreError named(@Nullable String text) {
    for (var error : StoreError.values()) {
      if (Objects.equals(error.text(), text)) {
        return error;
      }
    }
    return null;
  }
}
