package dev.tiphys.store.grpc;

import static io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.UNARY;
import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is silent is asked; who asks too often is sent away. */
class KeepAliveTest {
  private static final Duration MIN_TIME = Duration.ofSeconds(5);
  private static final Duration INTERVAL = Duration.ofHours(2);
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Recorder recorder = new Recorder();
  private final RawClient client = new RawClient();

  private void connect(Duration interval) {
    client.connect(
        new GrpcServer(
            new Methods(List.of(recorder.service()), method -> true),
            new ServerSettings(10, 1000, MIN_TIME, interval, TIMEOUT),
            Runnable::run,
            client::now));
  }

  @AfterEach
  void end() {
    client.close();
  }

  @Test
  void aPingIsAnsweredWithWhatItSaid() {
    connect(Duration.ZERO);
    client.frame(Http2FrameTypes.PING, 0, 0, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    assertThat(client.frames())
        .singleElement()
        .satisfies(frame -> {
          assertThat(frame.type()).isEqualTo((int) Http2FrameTypes.PING);
          assertThat(frame.flags()).isEqualTo((int) Http2Flags.ACK);
          assertThat(frame.payload()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        });
  }

  @Test
  void anAckIsNotAnswered() {
    connect(Duration.ZERO);
    client.frame(Http2FrameTypes.PING, Http2Flags.ACK, 0, new byte[8]);
    assertThat(client.frames()).isEmpty();
  }

  @Test
  void tooManyPingsEndTheConnection() {
    connect(Duration.ZERO);
    for (int i = 0; i <= Bounds.PING_STRIKES; i++) {
      client.ping();
      client.pass(MIN_TIME.minusNanos(1).dividedBy(Bounds.PING_STRIKES + 1));
    }
    assertThat(client.channel().isOpen()).isTrue();
    client.ping();
    client.isSentAway(ENHANCE_YOUR_CALM, "too_many_pings");
  }

  @Test
  void aPingInTimeMakesUpForThoseBefore() {
    connect(Duration.ZERO);
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i <= Bounds.PING_STRIKES; i++) {
        client.ping();
      }
      client.pass(MIN_TIME);
    }
    assertThat(client.channel().isOpen()).isTrue();
  }

  @Test
  void pingsInTimeAreFine() {
    connect(Duration.ZERO);
    for (int i = 0; i < 20; i++) {
      client.ping();
      client.pass(MIN_TIME);
    }
    assertThat(client.frames()).hasSize(20);
  }

  /** A client finds out how far away the server is by a ping behind each answer. */
  @Test
  void pingsBehindAnswersAreFine() {
    connect(Duration.ZERO);
    for (int i = 0; i < 20; i++) {
      client.call(2 * i + 1, UNARY);
      recorder.calls().getLast().answer(1);
      client.ping();
    }
    assertThat(client.channel().isOpen()).isTrue();
  }

  /** It does so behind each piece, too, of an answer that its windows let out bit by bit. */
  @Test
  void pingsBehindPiecesOfALongAnswerAreFine() {
    connect(Duration.ZERO);
    client.call(1, UNARY);
    recorder.calls().getLast().answer(2 * Bounds.FIRST_WINDOW_BYTES);
    for (int i = 0; i < 20; i++) {
      client.window(0, 1000);
      client.window(1, 1000);
      client.ping();
    }
    assertThat(client.channel().isOpen()).isTrue();
  }

  @Test
  void aSilentClientIsAskedAndThenLeft() {
    connect(INTERVAL);
    client.begin(1, BIDI_STREAMING, 0);
    client.frames();
    client.pass(INTERVAL);
    assertThat(client.frames()).isEmpty(); // it spoke within that time
    client.pass(INTERVAL);
    assertThat(client.frames())
        .singleElement()
        .satisfies(frame -> assertThat(frame.type()).isEqualTo((int) Http2FrameTypes.PING));
    client.pass(TIMEOUT.minusMillis(1));
    assertThat(client.channel().isOpen()).isTrue();
    client.pass(Duration.ofMillis(1));
    assertThat(client.channel().isOpen()).isFalse();
    assertThat(recorder.call().events()).endsWith("cancel");
  }

  @Test
  void aSilentClientThatAnswersStays() {
    connect(INTERVAL);
    client.pass(INTERVAL);
    for (int i = 0; i < 5; i++) {
      client.pass(INTERVAL);
      assertThat(client.frames()).hasSize(1);
      client.frame(Http2FrameTypes.PING, Http2Flags.ACK, 0, new byte[8]);
      client.pass(TIMEOUT);
      assertThat(client.channel().isOpen()).isTrue();
    }
  }

  @Test
  void whereNobodyIsToBeAskedNobodyIs() {
    connect(Duration.ZERO);
    client.pass(INTERVAL.multipliedBy(100));
    assertThat(client.frames()).isEmpty();
    assertThat(client.channel().isOpen()).isTrue();
  }
}
