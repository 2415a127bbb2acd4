package dev.tiphys.apiserver.pipeline;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.Query;
import dev.tiphys.apiserver.request.RequestInfo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InflightBoundTest {

  private static final User JOE = User.of("joe", List.of("devs"));
  private static final RequestInfo GET = info("GET", "/api/v1/pods");
  private static final RequestInfo POST = info("POST", "/api/v1/namespaces/a/pods");

  private final InflightBound impatient = new InflightBound(1, 1, Duration.ZERO);

  private static RequestInfo info(String method, String path) {
    return RequestInfo.of(method, path, Query.EMPTY);
  }

  @Test
  void whoFindsNoSeatIsToldToComeAgain() {
    FlowControl.Seat taken = impatient.ticket(JOE, GET, Query.EMPTY).enter();

    assertThatThrownBy(() -> impatient.ticket(JOE, GET, Query.EMPTY).enter())
        .isInstanceOfSatisfying(
            ApiException.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(429);
              assertThat(requireNonNull(refused.details()).retryAfterSeconds()).isEqualTo(1);
            });
    taken.close();
    impatient.ticket(JOE, GET, Query.EMPTY).enter().close();
  }

  @Test
  void readersDoNotTakeTheSeatsOfWriters() {
    FlowControl.Seat _ = impatient.ticket(JOE, GET, Query.EMPTY).enter();

    impatient.ticket(JOE, POST, Query.EMPTY).enter().close();
  }

  @Test
  void watchesProbesAndAdministratorsNeedNoSeat() {
    FlowControl.Seat _ = impatient.ticket(JOE, GET, Query.EMPTY).enter();

    impatient.ticket(JOE, info("GET", "/api/v1/watch/pods"), Query.EMPTY).enter().close();
    impatient
        .ticket(JOE, info("GET", "/api/v1/namespaces/a/pods/p/log"), Query.EMPTY)
        .enter()
        .close();
    impatient.ticket(JOE, info("GET", "/readyz"), Query.EMPTY).enter().close();
    impatient.ticket(User.of("root", List.of(User.MASTERS)), GET, Query.EMPTY).enter().close();
  }

  @Test
  void whoIsPatientGetsASeatInTheEnd() throws Exception {
    InflightBound patient = new InflightBound(1, 1, Duration.ofSeconds(30));
    FlowControl.Seat taken = patient.ticket(JOE, GET, Query.EMPTY).enter();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> waiting =
          threads.submit(() -> patient.ticket(JOE, GET, Query.EMPTY).enter().close());
      taken.close();

      waiting.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void noBoundIsNoBound() {
    InflightBound free = new InflightBound(0, 0, Duration.ZERO);
    FlowControl.Seat _ = free.ticket(JOE, GET, Query.EMPTY).enter();

    free.ticket(JOE, GET, Query.EMPTY).enter().close();
  }
}
