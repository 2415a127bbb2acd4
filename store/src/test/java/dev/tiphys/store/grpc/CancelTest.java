package dev.tiphys.store.grpc;

import static dev.tiphys.store.grpc.Handlers.number;
import static io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.UNARY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A call that its client leaves is over for its handler too, and nothing of it is kept; that
 * nothing is, {@link Loopback} checks.
 */
class CancelTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private final Recorder recorder = new Recorder();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCallGivenUpReachesItsHandler(boolean onLoop) throws Exception {
    try (var server = new Loopback(onLoop, BIDI_STREAMING, recorder);
        var client = new Client(server)) {
      var call = begin(client, CallOptions.DEFAULT);
      var seen = begun();
      seen.call().request(1);
      call.sendMessage(number(1));
      await().atMost(PATIENCE).until(() -> seen.events().contains("message"));
      call.sendMessage(new byte[100_000]); // which the handler does not take
      seen.call().sendHeaders(new Metadata());
      seen.send(5_000_000); // which the client does not take
      call.cancel("enough", null);
      isCancelled(seen, onLoop);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDeadlineReachesTheHandlerAndTheClient(boolean onLoop) throws Exception {
    try (var server = new Loopback(onLoop, BIDI_STREAMING, recorder);
        var client = new Client(server)) {
      while (recorder.calls().isEmpty()) { // the first ones may be late before they are sent
        var end = new CompletableFuture<Status>();
        var options = CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS);
        client
            .channel()
            .newCall(Recorder.method(BIDI_STREAMING), options)
            .start(ending(end), new Metadata());
        assertThat(end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getCode())
            .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      }
      isCancelled(begun(), onLoop);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClientThatIsGoneLeavesNothing(boolean onLoop) throws Exception {
    try (var server = new Loopback(onLoop, BIDI_STREAMING, recorder)) {
      try (var client = new Client(server)) {
        for (int i = 0; i < 10; i++) {
          begin(client, CallOptions.DEFAULT).sendMessage(new byte[10_000]);
        }
        await().atMost(PATIENCE).until(() -> recorder.calls().size() == 10);
        for (var seen : recorder.calls()) {
          seen.call().sendHeaders(new Metadata());
          seen.send(100_000);
        }
      }
      for (var seen : recorder.calls()) {
        isCancelled(seen, onLoop);
      }
    }
  }

  /** The one answer of a unary call goes out when the handler ends the call, which it may never. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAnswerThatIsNeverFinishedIsNotKept(boolean onLoop) throws Exception {
    try (var server = new Loopback(onLoop, UNARY, recorder);
        var client = new Client(server)) {
      var call = client.channel().newCall(Recorder.method(UNARY), CallOptions.DEFAULT);
      call.start(ending(new CompletableFuture<>()), new Metadata());
      call.sendMessage(number(1));
      call.halfClose();
      var seen = begun();
      seen.call().sendHeaders(new Metadata());
      seen.send(1000);
      assertThat(server.usedBytes()).isGreaterThanOrEqualTo(1000);
      call.cancel("enough", null);
      await().atMost(PATIENCE).until(() -> seen.events().contains("cancel"));
    }
  }

  /** An answer may be on its way to the event loop, or half out, when its call is given up. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void answersAndGivingUpMayMeetAnywhere(boolean onLoop) throws Exception {
    var random = new Random(7);
    try (var server = new Loopback(onLoop, UNARY, recorder);
        var client = new Client(server);
        var threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 200; i++) {
        var end = new CompletableFuture<Status>();
        var call = client.channel().newCall(Recorder.method(UNARY), CallOptions.DEFAULT);
        call.start(ending(end), new Metadata());
        call.request(2);
        call.sendMessage(number(i));
        call.halfClose();
        int wanted = i + 1;
        await()
            .pollInterval(Duration.ofNanos(50_000))
            .atMost(PATIENCE)
            .until(() -> recorder.calls().size() >= wanted);
        var seen = recorder.calls().get(i);
        int length = random.nextInt(3) == 0 ? 300_000 : 10;
        int pause = random.nextInt(300_000);
        var answered = threads.submit(() -> seen.answer(length));
        var givenUp =
            threads.submit(() -> {
              for (long until = System.nanoTime() + pause; System.nanoTime() < until; ) {
                Thread.onSpinWait();
              }
              call.cancel("changed my mind", null);
            });
        answered.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        givenUp.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        await().pollInterval(Duration.ofNanos(50_000)).atMost(PATIENCE).until(() -> ends(seen) > 0);
      }
      assertThat(recorder.calls()).hasSize(200).allMatch(seen -> ends(seen) == 1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStreamThatIsGivenUpWhileItSendsEndsOnce(boolean onLoop) throws Exception {
    try (var server = new Loopback(onLoop, SERVER_STREAMING, recorder);
        var client = new Client(server);
        var threads = Executors.newSingleThreadExecutor()) {
      for (int i = 0; i < 20; i++) {
        var answers = new CompletableFuture<Status>();
        var call = client.channel().newCall(Recorder.method(SERVER_STREAMING), CallOptions.DEFAULT);
        call.start(ending(answers), new Metadata());
        call.request(Integer.MAX_VALUE);
        call.sendMessage(number(i));
        call.halfClose();
        int wanted = i + 1;
        await().atMost(PATIENCE).until(() -> recorder.calls().size() >= wanted);
        var seen = recorder.calls().get(i);
        var sent =
            threads.submit(() -> {
              seen.call().sendHeaders(new Metadata());
              while (!seen.call().isCancelled()) {
                if (seen.call().isReady()) {
                  seen.send(20_000);
                }
                Thread.onSpinWait();
              }
            });
        call.cancel("enough", null);
        sent.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        await().atMost(PATIENCE).until(() -> seen.events().contains("cancel"));
      }
      assertThat(recorder.calls()).allMatch(seen -> ends(seen) == 1);
    }
  }

  private static long ends(Recorder.Seen seen) {
    return seen.events().stream()
        .filter(event -> event.equals("cancel") || event.equals("complete"))
        .count();
  }

  private Recorder.Seen begun() {
    await().atMost(PATIENCE).until(() -> !recorder.calls().isEmpty());
    return recorder.call();
  }

  private static void isCancelled(Recorder.Seen seen, boolean onLoop) {
    await().atMost(PATIENCE).until(() -> seen.events().contains("cancel"));
    assertThat(seen.events()).doesNotContain("complete", "half-close");
    assertThat(seen.call().isCancelled()).isTrue();
    assertThat(seen.call().isReady()).isFalse();
    if (!onLoop) { // where no call has a context of its own
      assertThat(seen.context().isCancelled()).isTrue();
    }
  }

  private static ClientCall<byte[], byte[]> begin(Client client, CallOptions options) {
    var call = client.channel().newCall(Recorder.method(BIDI_STREAMING), options);
    call.start(ending(new CompletableFuture<>()), new Metadata());
    return call;
  }

  private static ClientCall.Listener<byte[]> ending(CompletableFuture<Status> end) {
    return new ClientCall.Listener<>() {
      @Override
      public void onClose(Status status, Metadata trailers) {
        end.complete(status);
      }
    };
  }
}
