package dev.tiphys.store.grpc;

import static io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING;
import static io.grpc.MethodDescriptor.MethodType.UNARY;
import static io.netty.handler.codec.http2.Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE;
import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.grpc.RawClient.Frame;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nobody sends more than the other has said that it takes (RFC 9113, 5.2). */
class WindowsTest {
  private static final int PREFIX = MessageReader.PREFIX;

  private final Recorder recorder = new Recorder();
  private final RawClient client = new RawClient();

  private void connected(int streamWindow) {
    client.connect(
        ConnectionTest.server(recorder, client, true), SETTINGS_INITIAL_WINDOW_SIZE, streamWindow);
  }

  @AfterEach
  void end() {
    client.close();
  }

  @Test
  void anAnswerGoesOutAsFarAsItsStreamAllows() {
    connected(0);
    client.call(1, UNARY);
    recorder.call().answer(10);
    assertThat(client.frames())
        .singleElement()
        .satisfies(frame -> assertThat(frame.type()).isEqualTo((int) Http2FrameTypes.HEADERS));
    client.window(1, 1);
    assertThat(client.dataBytes(1)).isEqualTo(1);
    client.window(1, 13);
    assertThat(client.dataBytes(1)).isEqualTo(13);
    assertThat(recorder.call().events()).doesNotContain("complete");
    client.window(1, 100);
    var rest = client.frames();
    assertThat(rest.getFirst().payload()).hasSize(1);
    assertThat(rest.getLast().field("grpc-status")).isEqualTo("0");
    assertThat(recorder.call().events()).endsWith("complete");
  }

  @Test
  void aWindowThatChangesChangesStreamsUnderWay() {
    connected(10);
    client.call(1, UNARY);
    recorder.call().answer(1000 - PREFIX);
    assertThat(client.dataBytes(1)).isEqualTo(10);
    client.settings(SETTINGS_INITIAL_WINDOW_SIZE, 4); // six less than was sent
    client.window(1, 6);
    assertThat(client.dataBytes(1)).isZero();
    client.window(1, 5);
    assertThat(client.dataBytes(1)).isEqualTo(5);
    client.settings(SETTINGS_INITIAL_WINDOW_SIZE, 104);
    assertThat(client.dataBytes(1)).isEqualTo(100);
    client.settings(SETTINGS_INITIAL_WINDOW_SIZE, 65_535);
    assertThat(client.dataBytes(1)).isEqualTo(1000 - 115);
  }

  @Test
  void theConnectionsWindowIsSharedByItsStreams() {
    connected(1 << 20);
    client.call(1, UNARY);
    client.call(3, UNARY);
    recorder.calls().getFirst().answer(40_000 - PREFIX);
    recorder.calls().getLast().answer(40_000 - PREFIX);
    var frames = client.frames();
    assertThat(bytes(frames, 1)).isEqualTo(40_000);
    assertThat(bytes(frames, 3)).isEqualTo(25_535);
    client.window(3, 1000);
    assertThat(client.frames()).isEmpty();
    client.window(0, 20_000);
    assertThat(client.dataBytes(3)).isEqualTo(14_465);
    client.call(5, UNARY);
    recorder.calls().getLast().answer(6000 - PREFIX);
    assertThat(client.dataBytes(5)).isEqualTo(20_000 - 14_465);
  }

  @Test
  void streamsThatWaitForTheConnectionTakeTurns() {
    connected(1 << 20);
    client.call(1, UNARY);
    recorder.call().answer(65_535 - PREFIX);
    for (int stream : List.of(3, 5, 7)) {
      client.call(stream, UNARY);
      recorder.calls().getLast().answer(20 - PREFIX);
    }
    client.frames();
    for (int stream : List.of(3, 5, 7, 3, 5, 7)) {
      client.window(0, 10);
      assertThat(client.dataBytes(stream)).isEqualTo(10);
    }
    assertThat(recorder.calls()).allSatisfy(call -> assertThat(call.events()).endsWith("complete"));
  }

  @Test
  void noFrameIsLongerThanEverybodyTakes() {
    connected(65_535);
    client.call(1, UNARY);
    recorder.call().answer(50_000);
    assertThat(client.frames())
        .allSatisfy(frame -> assertThat(frame.payload()).hasSizeLessThanOrEqualTo(16_384));
  }

  /** What has gone out of a call that ended still counts; what has not, does not. */
  @Test
  void aCallGivenUpLeavesTheConnectionsWindowToOthers() {
    connected(1 << 20);
    client.call(1, UNARY);
    recorder.call().answer(100_000);
    assertThat(client.dataBytes(1)).isEqualTo(65_535);
    client.reset(1);
    client.call(3, UNARY);
    recorder.calls().getLast().answer(100 - PREFIX);
    client.window(0, 60);
    client.window(1, 60);
    var frames = client.frames();
    assertThat(bytes(frames, 1)).isZero();
    assertThat(bytes(frames, 3)).isEqualTo(60);
  }

  @Property(tries = 200)
  void whateverTheClientAllowsAllOfItIsUsedAndNoMore(
      @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 3000) Integer> steps,
      @ForAll @IntRange(max = 2000) int first,
      @ForAll @IntRange(max = 20_000) int length) {
    var calls = new Recorder();
    try (var mine = new RawClient()) {
      mine.connect(ConnectionTest.server(calls, mine, true), SETTINGS_INITIAL_WINDOW_SIZE, first);
      mine.call(1, UNARY);
      calls.call().answer(length);
      int allowed = first;
      int setting = first;
      int sent = mine.dataBytes(1);
      assertThat(sent).isEqualTo(Math.min(allowed, length + PREFIX));
      for (int step : steps) {
        if (step % 3 == 0) {
          allowed += step - setting;
          setting = step;
          mine.settings(SETTINGS_INITIAL_WINDOW_SIZE, step);
        } else {
          allowed += step;
          mine.window(1, step);
        }
        int more = mine.dataBytes(1);
        assertThat(sent + more).isEqualTo(Math.max(sent, Math.min(allowed, length + PREFIX)));
        sent += more;
      }
    }
  }

  @Test
  void aStreamsSenderWaitsAndIsToldWhenItMayGoOn() {
    connected(0);
    client.begin(1, SERVER_STREAMING, 0);
    var seen = recorder.call();
    seen.call().sendHeaders(new Metadata());
    assertThat(seen.call().isReady()).isTrue();
    seen.send(Bounds.READY_BYTES - PREFIX);
    assertThat(seen.call().isReady()).isFalse();
    assertThat(seen.events()).containsExactly("ready");
    client.window(1, 1);
    assertThat(seen.call().isReady()).isTrue();
    assertThat(seen.events()).containsExactly("ready", "ready");
    client.window(1, 1);
    assertThat(seen.events()).hasSize(2);
  }

  @Test
  void whatASlowSocketDoesNotTakeWaits() {
    connected(65_535);
    client.begin(1, SERVER_STREAMING, 0);
    recorder.call().call().sendHeaders(new Metadata());
    client.frames();
    client.channel().unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    recorder.call().send(100);
    recorder.call().call().close(Status.OK, new Metadata());
    assertThat(client.frames()).isEmpty();
    client.channel().unsafe().outboundBuffer().setUserDefinedWritability(1, true);
    assertThat(client.dataBytes(1)).isEqualTo(100 + PREFIX);
    assertThat(recorder.call().events()).endsWith("complete");
  }

  @Test
  void aWindowOfAStreamTooLargeIsAnError() {
    connected(Integer.MAX_VALUE);
    client.begin(1, SERVER_STREAMING, 0);
    client.window(1, 1);
    client.isSentAway(FLOW_CONTROL_ERROR, "too large");
  }

  @Test
  void aWindowOfTheConnectionTooLargeIsAnError() {
    connected(1);
    client.window(0, Integer.MAX_VALUE - 65_535);
    assertThat(client.channel().isOpen()).isTrue();
    client.window(0, 1);
    client.isSentAway(FLOW_CONTROL_ERROR, "too large");
  }

  @Test
  void aSettingTooLargeIsAnError() {
    connected(1);
    client.settings(SETTINGS_INITIAL_WINDOW_SIZE, -1);
    client.isSentAway(FLOW_CONTROL_ERROR, "too large");
  }

  @Test
  void moreThanAStreamMaySendIsAnError() {
    connected(1);
    client.begin(1, CLIENT_STREAMING, 0);
    sendWithout(1, Bounds.STREAM_WINDOW_BYTES);
    assertThat(client.channel().isOpen()).isTrue();
    client.data(1, new byte[1], 0);
    client.isSentAway(FLOW_CONTROL_ERROR, "stream");
  }

  @Test
  void theClientMaySendAgainWhatTheHandlerHasTaken() {
    connected(1);
    client.begin(1, BIDI_STREAMING, 0);
    sendWithout(1, Bounds.STREAM_WINDOW_BYTES);
    assertThat(granted(client.frames(), 1)).isZero();
    recorder.call().call().request(Integer.MAX_VALUE);
    assertThat(granted(client.frames(), 1)).isEqualTo(Bounds.STREAM_WINDOW_BYTES);
  }

  /** A message larger than the window could never be complete otherwise. */
  @Test
  void aMessageThatIsNotCompleteIsLetIn() {
    connected(1);
    client.begin(1, BIDI_STREAMING, 0);
    client.data(1, new byte[] {0, 0, 0, 3, (byte) 0xe8}, 0);
    byte[] onlyPadding = new byte[256];
    onlyPadding[0] = (byte) 255;
    int granted = 0;
    for (int sent = 0; sent <= Bounds.STREAM_WINDOW_BYTES; sent += onlyPadding.length) {
      client.frame(Http2FrameTypes.DATA, Http2Flags.PADDED, 1, onlyPadding);
      granted += granted(client.frames(), 1);
    }
    assertThat(granted).isGreaterThanOrEqualTo(Bounds.STREAM_WINDOW_BYTES / 2);
    client.data(1, new byte[1000], RawClient.END);
    recorder.call().call().request(1);
    assertThat(recorder.call().events()).containsExactly("ready", "message", "half-close");
  }

  @Test
  void theConnectionsWindowIsGivenBackWhateverBecomesOfTheCalls() {
    connected(1);
    int stream = 1;
    int sent = 0;
    int granted = 0;
    while (sent < 3 * Bounds.CONNECTION_WINDOW_BYTES) {
      client.begin(stream, CLIENT_STREAMING, 0);
      sendWithout(stream, Bounds.STREAM_WINDOW_BYTES);
      sent += Bounds.STREAM_WINDOW_BYTES;
      client.reset(stream);
      granted += granted(client.frames(), 0);
      stream += 2;
    }
    assertThat(granted).isGreaterThan(sent - Bounds.CONNECTION_WINDOW_BYTES);
    assertThat(client.channel().isOpen()).isTrue();
  }

  /** Messages that nobody asks for. */
  private void sendWithout(int stream, int bytes) {
    for (int left = bytes; left > 0; left -= Math.min(left, 1000)) {
      client.message(stream, Math.min(left, 1000) - PREFIX, 0);
    }
  }

  private static int bytes(List<Frame> frames, int stream) {
    return frames.stream()
        .filter(frame -> frame.type() == Http2FrameTypes.DATA && frame.stream() == stream)
        .mapToInt(frame -> frame.payload().length)
        .sum();
  }

  private static int granted(List<Frame> frames, int stream) {
    return frames.stream()
        .filter(frame -> frame.type() == Http2FrameTypes.WINDOW_UPDATE && frame.stream() == stream)
        .mapToInt(frame -> frame.number(0))
        .sum();
  }
}
