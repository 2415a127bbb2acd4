package dev.tiphys.apiserver.pipeline;

import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.Query;
import dev.tiphys.apiserver.request.RequestInfo;

/**
 * Decides which requests are worked on now, which wait, and which come again later. Thread-safe.
 */
public interface FlowControl {

  /** A seat taken, to be given back once; giving it back again changes nothing. */
  interface Seat extends AutoCloseable {

    /** Of requests that need none. */
    Seat NONE = () -> {};

    @Override
    void close();
  }

  /** What was found out about a request before it may wait. */
  @FunctionalInterface
  interface Ticket {

    /** Of requests that need no seat. */
    Ticket FREE = () -> Seat.NONE;

    /** What the answer tells of it, whether or not there is a seat. */
    default Headers headers() {
      return Headers.EMPTY;
    }

    /**
     * Takes a seat; blocks while there is none.
     *
     * @throws ApiException 429 if there is none in time, or too many wait for one
     */
    Seat enter();
  }

  /** Sorts a request. */
  Ticket ticket(User user, RequestInfo request, Query query);

  /** What a request without a seat is answered. */
  static ApiException refused() {
    return ApiException.tooManyRequests(
        "Too many requests, please try again later.", (int) Limits.RETRY_AFTER.toSeconds());
  }
}
