package dev.tiphys.store.grpc;

import static dev.tiphys.store.grpc.Handlers.number;
import static io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.UNARY;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A server that ends lets its clients go without harm. */
class GoAwayTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Recorder recorder = new Recorder();

  @Test
  void openCallsEndAndNewOnesAreNotTaken() {
    try (var client = new RawClient()) {
      var connection = connect(client);
      client.begin(1, UNARY, 0);
      client.begin(3, UNARY, 0);
      connection.leave();
      var leave = client.frames().getFirst();
      assertThat(leave.type()).isEqualTo((int) Http2FrameTypes.GO_AWAY);
      assertThat(leave.number(0)).isEqualTo(3);
      assertThat(leave.number(4)).isEqualTo((int) NO_ERROR.code());
      client.begin(5, UNARY, 0); // on its way already
      client.message(5, 1, RawClient.END);
      client.reset(5);
      assertThat(recorder.calls()).hasSize(2);
      client.message(3, 1, RawClient.END);
      recorder.calls().getLast().answer(10);
      assertThat(client.frames().getLast().field("grpc-status")).isEqualTo("0");
      client.pass(Bounds.LAST_WORD.multipliedBy(5));
      assertThat(client.channel().isOpen()).isTrue();
      client.message(1, 1, RawClient.END);
      recorder.calls().getFirst().answer(10);
      assertThat(client.frames().getLast().field("grpc-status")).isEqualTo("0");
      assertThat(client.channel().isOpen()).isTrue();
      client.pass(Bounds.LAST_WORD);
      assertThat(client.channel().isOpen()).isFalse();
    }
  }

  @Test
  void theLastCallMayAlsoBeGivenUp() {
    try (var client = new RawClient()) {
      var connection = connect(client);
      client.begin(1, UNARY, 0);
      connection.leave();
      client.reset(1);
      client.pass(Bounds.LAST_WORD);
      assertThat(client.channel().isOpen()).isFalse();
    }
  }

  @Test
  void theLastCallMayAlsoBeTooLate() {
    try (var client = new RawClient()) {
      var connection = connect(client);
      var head = RawClient.head("/" + Recorder.SERVICE + "/UNARY").set("grpc-timeout", "1S");
      client.fields(1, head, RawClient.END);
      connection.leave();
      client.pass(Duration.ofMillis(1001));
      client.pass(Bounds.LAST_WORD);
      assertThat(client.channel().isOpen()).isFalse();
    }
  }

  @Test
  void whoComesTooLateIsNotServed() throws Exception {
    try (var client = new RawClient()) {
      var server = ConnectionTest.server(recorder, client, true);
      server.close(Duration.ZERO);
      client.serve(server);
      assertThat(client.channel().isOpen()).isFalse();
      assertThat(client.frames()).isEmpty();
    }
  }

  @Test
  void theServerEndsOnceItsCallsHave() throws Exception {
    try (var server = new Loopback(false, BIDI_STREAMING, recorder);
        var client = new Client(server);
        var threads = Executors.newSingleThreadExecutor()) {
      var answers = new Client.Answers();
      var words = client.call(BIDI_STREAMING, answers);
      await().atMost(PATIENCE).until(() -> recorder.calls().size() == 1);
      var seen = recorder.call();
      var closed = threads.submit(closing(server, PATIENCE));
      seen.call().request(1);
      words.onNext(number(4));
      await().atMost(PATIENCE).until(() -> seen.events().contains("message"));
      assertThat(closed.isDone()).isFalse();
      seen.answer(3);
      assertThat(answers.next()).hasSize(3);
      assertThat(answers.end()).isEqualTo(Status.OK);
      closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Test
  void patienceHasAnEnd() throws Exception {
    try (var server = new Loopback(false, BIDI_STREAMING, recorder);
        var client = new Client(server)) {
      var answers = new Client.Answers();
      client.call(BIDI_STREAMING, answers);
      await().atMost(PATIENCE).until(() -> recorder.calls().size() == 1);
      server.server().close(Duration.ofMillis(1));
      await().atMost(PATIENCE).until(() -> recorder.call().events().contains("cancel"));
      assertThat(answers.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  /** The next server takes the same port, as a member that is started anew does. */
  @Test
  void clientsThatWaitForAServerLoseNoCall() throws Exception {
    var going = new AtomicBoolean(true);
    var calls = new AtomicInteger();
    var results = new ArrayList<Future<?>>();
    var server = new Loopback(false, 0, Handlers.all());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try (var client = new Client(server)) {
        for (int i = 0; i < 8; i++) {
          results.add(
              threads.submit(() -> {
                while (going.get()) {
                  int number = calls.incrementAndGet();
                  assertThat(
                          ClientCalls.blockingUnaryCall(
                              client.channel(),
                              Recorder.method(UNARY),
                              CallOptions.DEFAULT.withWaitForReady(),
                              number(number)))
                      .isEqualTo(number(number));
                }
              }));
        }
        for (int restart = 0; restart < 3; restart++) {
          int before = calls.get();
          await().atMost(PATIENCE).until(() -> calls.get() > before + 50);
          server.stopListening();
          int port = server.port();
          server.close();
          server = new Loopback(false, port, Handlers.all());
        }
        going.set(false);
        for (var result : results) {
          result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
      } finally {
        going.set(false);
      }
    } finally {
      server.close();
    }
  }

  private GrpcConnection connect(RawClient client) {
    client.connect(ConnectionTest.server(recorder, client, true));
    return client.channel().pipeline().get(GrpcConnection.class);
  }

  private static Callable<Void> closing(Loopback server, Duration patience) {
    return () -> {
      server.server().close(patience);
      return null;
    };
  }
}
