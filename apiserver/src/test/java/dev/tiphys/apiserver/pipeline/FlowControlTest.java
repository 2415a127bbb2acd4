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

class FlowControlTest {

  private static final User JOE = User.of("joe", List.of("devs"));
  private static final RequestInfo GET = info("GET", "/api/v1/pods");
  private static final RequestInfo POST = info("POST", "/api/v1/namespaces/a/pods");

  private final FlowControl impatient = new FlowControl(1, 1, Duration.ZERO);

  private static RequestInfo info(String method, String path) {
    return RequestInfo.of(method, path, Query.EMPTY);
  }

  @Test
  void whoFindsNoSeatIsToldToComeAgain() {
    FlowControl.Seat taken = impatient.enter(JOE, GET);

    assertThatThrownBy(() -> impatient.enter(JOE, GET))
        .isInstanceOfSatisfying(
            ApiException.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(429);
              assertThat(requireNonNull(refused.details()).retryAfterSeconds()).isEqualTo(1);
            });
    taken.close();
    impatient.enter(JOE, GET).close();
  }

  @Test
  void readersDoNotTakeTheSeatsOfWriters() {
    FlowControl.Seat _ = impatient.enter(JOE, GET);

    impatient.enter(JOE, POST).close();
  }

  @Test
  void watchesProbesAndAdministratorsNeedNoSeat() {
    FlowControl.Seat _ = impatient.enter(JOE, GET);

    impatient.enter(JOE, info("GET", "/api/v1/watch/pods")).close();
    impatient.enter(JOE, info("GET", "/api/v1/namespaces/a/pods/p/log")).close();
    impatient.enter(JOE, info("GET", "/readyz")).close();
    impatient.enter(User.of("root", List.of(User.MASTERS)), GET).close();
  }

  @Test
  void whoIsPatientGetsASeatInTheEnd() throws Exception {
    FlowControl patient = new FlowControl(1, 1, Duration.ofSeconds(30));
    FlowControl.Seat taken = patient.enter(JOE, GET);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> waiting = threads.submit(() -> patient.enter(JOE, GET).close());
      taken.close();

      waiting.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void noBoundIsNoBound() {
    FlowControl free = new FlowControl(0, 0, Duration.ZERO);
    FlowControl.Seat _ = free.enter(JOE, GET);

    free.enter(JOE, GET).close();
  }
}
