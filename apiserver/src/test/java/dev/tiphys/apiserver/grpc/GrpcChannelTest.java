package dev.tiphys.apiserver.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GrpcChannelTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String ECHO = "/test.Test/Echo";

  @Test
  void manyCallsAtTheSameMomentAreAnsweredEachWithItsOwn() throws Exception {
    try (TestServer server = TestServer.start(TestServer.Manner.ECHO);
        GrpcChannel channel = to(server.address())) {
      List<CompletableFuture<byte[]>> answers = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        answers.add(channel.unary(ECHO, new byte[] {(byte) i, (byte) (i >> 8)}, LONG, false));
      }
      for (int i = 0; i < 1000; i++) {
        assertThat(answers.get(i).get()).containsExactly((byte) i, (byte) (i >> 8));
      }
    }
  }

  @Test
  void messagesLargerThanAnyWindowGoBothWays() throws Exception {
    byte[] large = new byte[3 * Limits.STREAM_WINDOW_BYTES];
    large[large.length - 1] = 1;
    try (TestServer server = TestServer.start(TestServer.Manner.ECHO);
        GrpcChannel channel = to(server.address())) {
      assertThat(channel.unary(ECHO, large, LONG, false).get()).isEqualTo(large);
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsPassedOver() throws Exception {
    try (TestServer server = TestServer.start(TestServer.Manner.ECHO);
        GrpcChannel channel = to(nobody(), server.address())) {
      assertThat(channel.unary(ECHO, new byte[] {1}, LONG, false).get()).containsExactly(1);
    }
  }

  @Test
  void aServerThatTakesConnectionsAndSaysNothingIsPassedOver() throws Exception {
    try (ServerSocket mute = new ServerSocket(0);
        TestServer server = TestServer.start(TestServer.Manner.ECHO);
        GrpcChannel channel =
            to(URI.create("http://127.0.0.1:" + mute.getLocalPort()), server.address())) {
      assertThat(channel.unary(ECHO, new byte[] {1}, LONG, false).get()).containsExactly(1);
    }
  }

  @Test
  void aServerThatIsStoppedIsLeftLongBeforeCallsAreOverdue() throws Exception {
    try (TestServer stopped = TestServer.start(TestServer.Manner.ECHO);
        TestServer other = TestServer.start(TestServer.Manner.ECHO);
        GrpcChannel channel = to(stopped.address(), other.address())) {
      channel.unary(ECHO, new byte[] {1}, LONG, true).get();
      stopped.freeze();
      Duration minutes = Duration.ofMinutes(5);
      CompletableFuture<byte[]> write = channel.unary(ECHO, new byte[] {2}, minutes, false);
      CompletableFuture<byte[]> read = channel.unary(ECHO, new byte[] {3}, minutes, true);

      assertThat(read.get(60, TimeUnit.SECONDS)).containsExactly(3);
      assertThatThrownBy(() -> write.get(60, TimeUnit.SECONDS))
          .hasCauseInstanceOf(GrpcException.class);
      assertThat(other.calls()).isEqualTo(1);
    }
  }

  @Test
  void aServerThatComesLaterIsFound() throws Exception {
    URI nobody = nobody();
    try (GrpcChannel channel = to(nobody)) {
      assertThatThrownBy(() -> channel.unary(ECHO, new byte[0], Duration.ofMillis(1), true).get())
          .hasCauseInstanceOf(GrpcException.class);
      CompletableFuture<byte[]> waiting = channel.unary(ECHO, new byte[] {1}, LONG, false);

      try (TestServer _ = TestServer.start(TestServer.Manner.ECHO, nobody.getPort())) {
        assertThat(waiting.get()).containsExactly(1);
      }
    }
  }

  @Test
  void aServerThatIsNotWellIsLeftForAnotherAndReadsAreAskedThere() throws Exception {
    try (TestServer sick = TestServer.start(TestServer.Manner.UNAVAILABLE);
        TestServer well = TestServer.start(TestServer.Manner.ECHO);
        GrpcChannel channel = to(sick.address(), well.address())) {
      assertThat(channel.unary(ECHO, new byte[] {1}, LONG, true).get()).containsExactly(1);
    }
  }

  @Test
  void theOneThatIsWellIsFoundAmongSeveralThatAreNot() throws Exception {
    try (TestServer sick = TestServer.start(TestServer.Manner.UNAVAILABLE);
        TestServer sickToo = TestServer.start(TestServer.Manner.UNAVAILABLE);
        TestServer well = TestServer.start(TestServer.Manner.ECHO);
        GrpcChannel channel = to(sick.address(), sickToo.address(), well.address())) {
      assertThat(channel.unary(ECHO, new byte[] {1}, LONG, true).get()).containsExactly(1);
    }
  }

  @Test
  void aWriteThatTheServerMayHaveDoneIsNotRepeated() throws Exception {
    try (TestServer sick = TestServer.start(TestServer.Manner.UNAVAILABLE);
        GrpcChannel channel = to(sick.address())) {
      assertThatThrownBy(() -> channel.unary(ECHO, new byte[] {1}, LONG, false).get())
          .cause()
          .isInstanceOfSatisfying(
              GrpcException.class, e -> assertThat(e.status()).isEqualTo(GrpcException.UNAVAILABLE))
          .hasMessage("not now");
      assertThat(sick.calls()).isEqualTo(1);
    }
  }

  @Test
  void aBrokenConnectionEndsWritesAndRepeatsReads() throws Exception {
    try (TestServer silent = TestServer.start(TestServer.Manner.SILENT);
        TestServer well = TestServer.start(TestServer.Manner.ECHO);
        GrpcChannel channel = to(silent.address(), well.address())) {
      CompletableFuture<byte[]> write = channel.unary(ECHO, new byte[] {1}, LONG, false);
      CompletableFuture<byte[]> read = channel.unary(ECHO, new byte[] {2}, LONG, true);
      silent.awaitCalls(2);

      silent.breakConnections();

      assertThatThrownBy(write::get)
          .cause()
          .isInstanceOfSatisfying(
              GrpcException.class,
              e -> assertThat(e.status()).isEqualTo(GrpcException.UNAVAILABLE));
      assertThat(read.get()).containsExactly(2);
    }
  }

  @Test
  void aServerThatGoesAwayEndsStreamsAndGetsNoMoreCalls() throws Exception {
    try (TestServer leaving = TestServer.start(TestServer.Manner.ECHO);
        TestServer other = TestServer.start(TestServer.Manner.ECHO);
        GrpcChannel channel = to(leaving.address(), other.address())) {
      GrpcStream stream = channel.stream(TestServer.STREAM, new byte[] {7}, LONG);
      assertThat(stream.take()).containsExactly(7);

      leaving.goAway();

      assertThatThrownBy(stream::take).isInstanceOf(GrpcException.class);
      assertThat(channel.unary(ECHO, new byte[] {1}, LONG, false).get()).containsExactly(1);
      assertThat(other.calls()).isEqualTo(1);
    }
  }

  @Test
  void whoHasLostTheFirstComesBackToItAtTheNextLoss() throws Exception {
    TestServer first = TestServer.start(TestServer.Manner.ECHO);
    int port = first.address().getPort();
    try (TestServer second = TestServer.start(TestServer.Manner.ECHO);
        TestServer third = TestServer.start(TestServer.Manner.ECHO);
        GrpcChannel channel = to(first.address(), second.address(), third.address())) {
      channel.unary(ECHO, new byte[] {1}, LONG, true).get();
      first.close();
      channel.unary(ECHO, new byte[] {2}, LONG, true).get();
      assertThat(second.calls()).isEqualTo(1);

      try (TestServer again = TestServer.start(TestServer.Manner.ECHO, port)) {
        second.close();
        assertThat(channel.unary(ECHO, new byte[] {3}, LONG, true).get()).containsExactly(3);
        assertThat(again.calls()).isEqualTo(1);
        assertThat(third.calls()).isZero();
      }
    }
  }

  @Test
  void whoeverWaitsForAStreamIsToldWhyItWasClosed() throws Exception {
    try (TestServer server = TestServer.start(TestServer.Manner.ECHO);
        GrpcChannel channel = to(server.address())) {
      GrpcStream stream = channel.stream(TestServer.STREAM, new byte[] {7}, LONG);
      assertThat(stream.take()).containsExactly(7);
      CompletableFuture<Throwable> end = new CompletableFuture<>();
      CountDownLatch waits = new CountDownLatch(1);
      Thread.ofVirtual()
          .start(() -> {
            waits.countDown();
            try {
              end.complete(new AssertionError(stream.take().length));
            } catch (GrpcException | InterruptedException e) {
              end.complete(e);
            }
          });
      waits.await();

      stream.close("no longer wanted");

      assertThat(end.get(20, TimeUnit.SECONDS)).hasMessage("no longer wanted");
    }
  }

  @Test
  void callsEndWhenTheirTimeIsOverOrTheChannelIs() throws Exception {
    try (TestServer silent = TestServer.start(TestServer.Manner.SILENT)) {
      GrpcChannel channel = to(silent.address());
      GrpcChannel unconnected = to(nobody());
      assertThatThrownBy(() -> channel.unary(ECHO, new byte[0], Duration.ofMillis(1), true).get())
          .cause()
          .isInstanceOfSatisfying(
              GrpcException.class,
              e -> assertThat(e.status()).isEqualTo(GrpcException.DEADLINE_EXCEEDED));
      assertThatThrownBy(
              () -> unconnected.unary(ECHO, new byte[0], Duration.ofMillis(1), true).get())
          .cause()
          .isInstanceOf(GrpcException.class);
      CompletableFuture<byte[]> left = channel.unary(ECHO, new byte[0], LONG, true);
      CompletableFuture<byte[]> waiting = unconnected.unary(ECHO, new byte[0], LONG, true);

      channel.close();
      unconnected.close();

      assertThatThrownBy(() -> left.get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(GrpcException.class);
      assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(GrpcException.class);
      assertThatThrownBy(() -> channel.unary(ECHO, new byte[0], LONG, true).get())
          .hasCauseInstanceOf(GrpcException.class);
    }
  }

  @Test
  void everyCallAfterTheEndOfAChannelIsToldSo() throws Exception {
    GrpcChannel channel = to(nobody());
    channel.close();

    // Its thread ends soon after, and nobody can tell when: some come before that, most after it.
    for (int i = 0; i < 50; i++) {
      CompletableFuture<byte[]> late = channel.unary(ECHO, new byte[0], LONG, true);
      assertThatThrownBy(() -> late.get(20, TimeUnit.SECONDS))
          .as("call %d", i)
          .hasCauseInstanceOf(GrpcException.class)
          .hasRootCauseMessage("the connection is closed");
      TimeUnit.MILLISECONDS.sleep(1);
    }
    GrpcStream stream = channel.stream(TestServer.STREAM, new byte[0], LONG);
    assertThatThrownBy(stream::take).hasMessage("the connection is closed");
  }

  private static GrpcChannel to(URI... servers) {
    return new GrpcChannel(List.of(servers), null);
  }

  private static URI nobody() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
  }
}
