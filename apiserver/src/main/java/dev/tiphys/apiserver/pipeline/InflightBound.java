package dev.tiphys.apiserver.pipeline;

import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.Query;
import dev.tiphys.apiserver.request.RequestInfo;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many requests are worked on at once, those that write apart from those that read. Who
 * finds no seat waits in line for a while and is then told to come again later. Requests that go on
 * for long, health checks and administrators need no seat. Thread-safe.
 */
public final class InflightBound implements FlowControl {

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
  public InflightBound(int reading, int writing, Duration patience) {
    this.reading = reading == 0 ? null : new Semaphore(reading, true);
    this.writing = writing == 0 ? null : new Semaphore(writing, true);
    this.patience = patience;
  }

  @Override
  public Ticket ticket(User user, RequestInfo request, Query query) {
    Semaphore seats = request.mutating() ? writing : reading;
    return seats == null || isExempt(user, request) ? Ticket.FREE : () -> enter(seats);
  }

  private Seat enter(Semaphore seats) {
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
    throw FlowControl.refused();
  }

  private static boolean isExempt(User user, RequestInfo request) {
    return request.longRunning()
        || user.groups().contains(User.MASTERS)
        || (!request.resourceRequest() && isProbe(request.path()));
  }

  private static boolean isProbe(String path) {
    return path.startsWith("/healthz") || path.startsWith("/livez") || path.startsWith("/readyz");
  }
}
