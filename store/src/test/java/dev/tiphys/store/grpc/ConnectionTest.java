package dev.tiphys.store.grpc;

import static io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.UNARY;
import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.REFUSED_STREAM;
import static io.netty.handler.codec.http2.Http2Error.STREAM_CLOSED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.grpc.RawClient.Frame;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How calls begin and end on a connection, and which clients lose theirs. */
class ConnectionTest {
  private static final int STREAMS = 3;
  private static final int MESSAGE_BYTES = 1000;

  private final Recorder recorder = new Recorder();
  private final RawClient client = new RawClient();

  private ConnectionTest connected() {
    client.connect(server(recorder, client, true));
    return this;
  }

  static GrpcServer server(Recorder recorder, RawClient client, boolean onLoop) {
    return new GrpcServer(
        new Methods(List.of(recorder.service()), method -> onLoop),
        new ServerSettings(
            STREAMS, MESSAGE_BYTES, Duration.ofSeconds(5), Duration.ZERO, Duration.ZERO),
        Runnable::run,
        client::now);
  }

  @AfterEach
  void end() {
    client.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCallIsReadAndAnswered(boolean onLoop) {
    client.connect(server(recorder, client, onLoop));
    for (int i = 0; i < 3; i++) {
      int stream = 2 * i + 1;
      client.begin(stream, UNARY, 0);
      var seen = recorder.calls().get(i);
      seen.call().request(2);
      client.message(stream, 7, RawClient.END);
      assertThat(seen.messages()).singleElement().satisfies(m -> assertThat(m).hasSize(7));
      seen.answer(3);
      assertThat(seen.events()).containsExactly("message", "half-close", "complete");
      var frames = client.frames();
      assertThat(frames).hasSize(3).allMatch(frame -> frame.stream() == stream);
      assertThat(frames.getFirst().field(":status")).isEqualTo("200");
      assertThat(frames.getFirst().field("content-type")).isEqualTo("application/grpc");
      assertThat(frames.get(1).payload()).containsExactly(0, 0, 0, 0, 3, 0, 0, 0);
      assertThat(frames.getLast().field("grpc-status")).isEqualTo("0");
      assertThat(frames.getLast().isLast()).isTrue();
    }
  }

  @Test
  void moreCallsThanAllowedAreRefusedAndOthersGoOn() {
    connected();
    for (int i = 0; i < STREAMS; i++) {
      client.begin(2 * i + 1, BIDI_STREAMING, 0);
    }
    client.begin(7, BIDI_STREAMING, 0);
    isReset(client.frames().getLast(), 7, REFUSED_STREAM);
    assertThat(recorder.calls()).hasSize(STREAMS);
    client.message(7, 1, RawClient.END); // on its way already
    recorder.calls().getFirst().call().close(Status.OK, new Metadata());
    client.begin(9, BIDI_STREAMING, 0);
    assertThat(recorder.calls()).hasSize(STREAMS + 1);
  }

  @Test
  void dataForACallThatHasEndedIsIgnored() {
    connected();
    client.begin(1, UNARY, 0);
    recorder.call().call().close(Status.UNAVAILABLE, new Metadata());
    client.message(1, 10, 0);
    client.fields(1, new DefaultHttp2Headers().set("late", "trailers"), RawClient.END);
    client.reset(1);
    client.begin(3, UNARY, 0);
    assertThat(recorder.calls()).hasSize(2);
  }

  @Test
  void framesOfAStreamThatNeverBeganAreAnError() {
    connected();
    client.data(1, new byte[0], 0);
    client.isSentAway(PROTOCOL_ERROR, "never began");
  }

  @Test
  void aResetOfAStreamThatNeverBeganIsAnError() {
    connected();
    client.reset(5);
    client.isSentAway(PROTOCOL_ERROR, "never began");
  }

  @Test
  void evenStreamsAreAnError() {
    connected();
    client.begin(2, UNARY, 0);
    client.isSentAway(PROTOCOL_ERROR, "odd");
  }

  @Test
  void aStreamBelowThoseBegunBeginsNoCall() {
    connected();
    client.begin(5, UNARY, 0);
    client.begin(3, UNARY, 0);
    assertThat(recorder.calls()).hasSize(1);
  }

  @Test
  void afterItsEndAStreamMayNotGoOn() {
    connected();
    client.begin(1, CLIENT_STREAMING, RawClient.END);
    client.message(1, 1, 0);
    client.isSentAway(STREAM_CLOSED, "end");
    assertThat(recorder.call().events()).containsExactly("half-close", "cancel");
  }

  @Test
  void fieldsInTheMiddleAreAnError() {
    connected();
    client.begin(1, BIDI_STREAMING, 0);
    client.begin(1, BIDI_STREAMING, 0);
    client.isSentAway(PROTOCOL_ERROR, "middle");
  }

  @Test
  void fieldsAtTheEndEndTheClientsSide() {
    connected();
    client.begin(1, BIDI_STREAMING, 0);
    client.fields(1, new DefaultHttp2Headers().set("some", "trailer"), RawClient.END);
    assertThat(recorder.call().events()).containsExactly("ready", "half-close");
  }

  @Test
  void theEndIsToldWithoutAMessageAndWithoutARequest() {
    connected();
    client.begin(1, UNARY, 0);
    client.data(1, new byte[0], RawClient.END);
    assertThat(recorder.call().events()).containsExactly("half-close");
  }

  @Test
  void theEndIsToldAfterTheLastMessageIsTaken() {
    connected();
    client.begin(1, CLIENT_STREAMING, 0);
    client.message(1, 1, 0);
    client.message(1, 2, RawClient.END);
    var seen = recorder.call();
    assertThat(seen.events()).isEmpty();
    seen.call().request(1);
    assertThat(seen.events()).containsExactly("message");
    seen.call().request(5);
    assertThat(seen.events()).containsExactly("message", "message", "half-close");
  }

  @Test
  void anEndWithinAMessageFailsTheCallAlone() {
    connected();
    client.begin(1, BIDI_STREAMING, 0);
    client.begin(3, BIDI_STREAMING, 0);
    recorder.calls().getFirst().call().request(1);
    client.data(1, new byte[] {0, 0, 0, 0, 9, 1}, RawClient.END);
    var end = client.frames().getLast();
    assertThat(end.field("grpc-status")).isEqualTo("13");
    assertThat(end.isLast()).isTrue();
    assertThat(recorder.calls().getFirst().events()).containsExactly("ready", "cancel");
    assertThat(recorder.calls().getLast().events()).containsExactly("ready");
  }

  /** What follows the head of such a message is not taken for messages. */
  @Test
  void aMessageTooLongFailsTheCallAndTellsItsHandler() {
    connected();
    client.begin(1, BIDI_STREAMING, 0);
    var seen = recorder.call();
    seen.call().request(10);
    client.data(1, new byte[] {0, 0, 0, 3, (byte) 0xe9, 5}, 0);
    client.data(1, new byte[100], 0);
    client.data(1, new byte[100], RawClient.END);
    var frames = client.frames();
    assertThat(frames.getFirst().field("grpc-status")).isEqualTo("8");
    assertThat(frames.getFirst().field("grpc-message"))
        .isEqualTo("grpc: received message larger than max (1001 vs. 1000)");
    isReset(frames.getLast(), 1, NO_ERROR);
    assertThat(seen.events()).containsExactly("ready", "cancel");
    assertThat(seen.call().isCancelled()).isTrue();
    seen.answer(5); // to nobody
    assertThat(client.frames()).isEmpty();
  }

  @Test
  void anAnswerBeforeTheClientsEndTellsItToStop() {
    connected();
    client.begin(1, CLIENT_STREAMING, 0);
    recorder.call().answer(1);
    var frames = client.frames();
    assertThat(frames.get(2).isLast()).isTrue();
    isReset(frames.getLast(), 1, NO_ERROR);
    assertThat(recorder.call().events()).containsExactly("complete");
  }

  @Test
  void aCallThatTheClientGivesUpIsCancelled() {
    connected();
    client.begin(1, SERVER_STREAMING, 0);
    var seen = recorder.call();
    client.reset(1);
    assertThat(seen.events()).containsExactly("ready", "cancel");
    assertThat(seen.call().isCancelled()).isTrue();
    assertThat(seen.call().isReady()).isFalse();
    seen.answer(100);
    assertThat(client.frames()).isEmpty();
  }

  @Test
  void aClientThatOnlyBeginsAndGivesUpIsSentAway() {
    connected();
    int stream = 1;
    for (int i = 0; i < Bounds.RESETS; i++, stream += 2) {
      client.begin(stream, BIDI_STREAMING, 0);
      client.reset(stream);
    }
    assertThat(client.channel().isOpen()).isTrue();
    client.begin(stream, BIDI_STREAMING, 0);
    client.reset(stream);
    client.isSentAway(ENHANCE_YOUR_CALM, "given up");
  }

  @Test
  void acksThatAreNotReadHaveAnEnd() {
    connected();
    unwritable();
    for (int i = 0; i < Bounds.UNREAD_ACKS; i++) {
      client.settings();
    }
    assertThat(client.channel().isOpen()).isTrue();
    client.settings();
    client.isSentAway(ENHANCE_YOUR_CALM, "not read");
  }

  @Test
  void whileAnswersAreNotReadNoEndlessCallsAre() {
    connected();
    unwritable();
    for (int i = 0; i <= Bounds.UNREAD_ANSWERS; i++) {
      assertThat(client.channel().config().isAutoRead()).isTrue();
      client.fields(2 * i + 1, RawClient.head("/no/such"), RawClient.END);
    }
    assertThat(client.channel().config().isAutoRead()).isFalse();
    client.channel().unsafe().outboundBuffer().setUserDefinedWritability(1, true);
    client.channel().runPendingTasks();
    assertThat(client.channel().config().isAutoRead()).isTrue();
  }

  private void unwritable() {
    client.channel().unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    client.channel().runPendingTasks();
  }

  @Test
  void aClientThatIsGoneCancelsItsCalls() {
    connected();
    client.begin(1, BIDI_STREAMING, 0);
    client.begin(3, UNARY, 0);
    client.channel().close();
    assertThat(recorder.calls()).allSatisfy(seen -> assertThat(seen.events()).endsWith("cancel"));
  }

  @Test
  void whatIsNoCallIsAnsweredAndTheConnectionLives() {
    connected();
    client.fields(1, RawClient.head("/x/y").method("GET"), RawClient.END);
    assertThat(client.frames())
        .singleElement()
        .satisfies(frame -> assertThat(frame.field(":status")).isEqualTo("405"));
    client.fields(3, RawClient.head("/x/y").set("content-type", "text/html"), 0);
    var frames = client.frames();
    assertThat(frames.getFirst().field(":status")).isEqualTo("415");
    isReset(frames.getLast(), 3, NO_ERROR);
    client.call(5, UNARY);
    assertThat(recorder.calls()).hasSize(1);
  }

  @Test
  void aTimeoutEndsACall() {
    connected();
    var head = RawClient.head("/" + Recorder.SERVICE + "/UNARY");
    client.fields(1, head.set("grpc-timeout", "20m"), RawClient.END);
    client.fields(3, head.set("grpc-timeout", "99999999H"), RawClient.END);
    client.pass(Duration.ofMillis(20));
    assertThat(client.frames()).isEmpty();
    client.pass(Duration.ofMillis(1));
    assertThat(client.frames())
        .singleElement()
        .satisfies(frame -> assertThat(frame.field("grpc-status")).isEqualTo("4"));
    assertThat(recorder.calls().getFirst().events()).containsExactly("half-close", "cancel");
    assertThat(recorder.calls().getLast().events()).containsExactly("half-close");
  }

  private static void isReset(Frame frame, int stream, Http2Error error) {
    assertThat(frame.type()).isEqualTo((int) Http2FrameTypes.RST_STREAM);
    assertThat(frame.stream()).isEqualTo(stream);
    assertThat(frame.number(0)).isEqualTo((int) error.code());
  }
}
