package dev.tiphys.apiserver.pipeline;

import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.RequestInfo;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many requests are worked on at once, those that write apart from those that read. Who
 * finds no seat waits in line for a while and is then told to come again later. Requests that go on
 * for long, health checks and administrators need no seat. Thread-safe.
 */
public final class FlowControl {

  private static final Set<String> READ_ONLY = Set.of("get", "list", "watch", "head", "options");
  private static final Set<String> LONG_RUNNING =
      Set.of("attach", "exec", "proxy", "log", "portforward");
  private static final Seat FREE = () -> {};

  /** A seat taken, to be given back. */
  interface Seat extends AutoCloseable {
    @Override
    void close();
  }

  private final @Nullable Semaphore reading;
  private final @Nullable Semaphore writing;
  private final Duration patience;

  /**
   * Makes seats.
   *
   * @param reading how many for requests that change nothing; 0 for no bound
   * @param writing how many for requests that write; 0 for no bound
   * @param patience how long a request waits for one
   */
  public FlowControl(int reading, int writing, Duration patience) {
    this.reading = reading == 0 ? null : new Semaphore(reading, true);
    this.writing = writing == 0 ? null : new Semaphore(writing, true);
    this.patience = patience;
  }

  /** Whether a request may go on for as long as its client likes. */
  static boolean isLongRunning(RequestInfo request) {
    return request.verb().equals("watch") || LONG_RUNNING.contains(request.subresource());
  }

  /** Whether a request writes, or might. */
  static boolean isMutating(RequestInfo request) {
    return !READ_ONLY.contains(request.verb());
  }

  /**
   * Takes a seat; blocks while there is none.
   *
   * @throws ApiException 429 if there is none in time, or too many wait for one
   */
  Seat enter(User user, RequestInfo request) {
    Semaphore seats = isMutating(request) ? writing : reading;
    if (seats == null || isExempt(user, request)) {
      return FREE;
    }
    if (!seats.tryAcquire()) {
      queue(seats);
    }
    return seats::release;
  }

  private void queue(Semaphore seats) {
    try {
      if (seats.getQueueLength() < Limits.WAITING_REQUESTS
          && seats.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.unavailable("the server is stopping");
    }
    throw new ApiException(
        ApiException.Reason.TOO_MANY_REQUESTS,
        "Too many requests, please try again later.",
        new ApiException.Details("", "", "", "", List.of(), (int) Limits.RETRY_AFTER.toSeconds()));
  }

  private static boolean isExempt(User user, RequestInfo request) {
    return isLongRunning(request)
        || user.groups().contains(User.MASTERS)
        || (!request.resourceRequest() && isProbe(request.path()));
  }

  private static boolean isProbe(String path) {
    return path.startsWith("/healthz") || path.startsWith("/livez") || path.startsWith("/readyz");
  }
}
