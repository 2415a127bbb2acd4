package dev.tiphys.store.grpc;

import static dev.tiphys.store.grpc.RawClient.bytes;
import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;
import static io.netty.handler.codec.http2.Http2Error.FRAME_SIZE_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Flags.ACK;
import static io.netty.handler.codec.http2.Http2Flags.END_HEADERS;
import static io.netty.handler.codec.http2.Http2Flags.END_STREAM;
import static io.netty.handler.codec.http2.Http2Flags.PADDED;
import static io.netty.handler.codec.http2.Http2Flags.PRIORITY;
import static io.netty.handler.codec.http2.Http2FrameTypes.CONTINUATION;
import static io.netty.handler.codec.http2.Http2FrameTypes.DATA;
import static io.netty.handler.codec.http2.Http2FrameTypes.GO_AWAY;
import static io.netty.handler.codec.http2.Http2FrameTypes.HEADERS;
import static io.netty.handler.codec.http2.Http2FrameTypes.PING;
import static io.netty.handler.codec.http2.Http2FrameTypes.PUSH_PROMISE;
import static io.netty.handler.codec.http2.Http2FrameTypes.RST_STREAM;
import static io.netty.handler.codec.http2.Http2FrameTypes.SETTINGS;
import static io.netty.handler.codec.http2.Http2FrameTypes.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames are found wherever the bytes are cut, and wrong ones are refused with the right word. */
class FrameReaderTest {
  private static final byte[] NONE = {};

  @Property(tries = 500)
  void framesAreTheSameHoweverTheBytesAreCut(
      @ForAll long seed, @ForAll @IntRange(max = 40) int count) throws ConnectionError {
    var random = new Random(seed);
    var meant = new ArrayList<String>();
    var bytes = begun();
    meant.add("settings");
    for (int i = 0; i < count; i++) {
      frame(random, bytes, meant);
    }
    var said = new Words();
    try (var reader = new FrameReader(said)) {
      while (bytes.isReadable()) {
        int most = random.nextBoolean() ? 12 : 20_000;
        int part = Math.min(bytes.readableBytes(), random.nextInt(most) + 1);
        reader.read(UnpooledByteBufAllocator.DEFAULT, bytes.readBytes(part));
      }
    }
    assertThat(said.words).isEqualTo(meant);
  }

  private static void frame(Random random, ByteBuf out, List<String> meant) {
    int stream = 1 + random.nextInt(1000);
    boolean last = random.nextBoolean();
    byte[] text = random(random, random.nextInt(random.nextInt(9) == 0 ? 16_000 : 40));
    switch (random.nextInt(10)) {
      case 0 -> {
        int padding = random.nextInt(200);
        out.writeBytes(
            bytes(DATA, PADDED | (last ? END_STREAM : 0), stream, padded(padding, text)));
        int length = text.length + padding + 1;
        meant.add("data " + stream + " " + hex(text) + " " + length + " " + last);
      }
      case 1 -> {
        out.writeBytes(bytes(DATA, last ? END_STREAM : 0, stream, text));
        meant.add("data " + stream + " " + hex(text) + " " + text.length + " " + last);
      }
      case 2, 3 -> {
        int flags = last ? END_STREAM : 0;
        byte[] first = text;
        if (random.nextBoolean()) {
          flags |= PRIORITY;
          first = concat(new byte[5], first);
        }
        if (random.nextBoolean()) {
          flags |= PADDED;
          first = padded(random.nextInt(100), first);
        }
        int more = text.length == 0 ? 0 : random.nextInt(3);
        out.writeBytes(bytes(HEADERS, flags | (more == 0 ? END_HEADERS : 0), stream, first));
        byte[] all = text;
        for (; more > 0; more--) {
          byte[] part = random(random, 1 + random.nextInt(50));
          all = concat(all, part);
          out.writeBytes(bytes(CONTINUATION, more == 1 ? END_HEADERS : 0, stream, part));
        }
        meant.add("fields " + stream + " " + hex(all) + " " + last);
      }
      case 4 -> {
        out.writeBytes(bytes(RST_STREAM, 0, stream, new byte[4]));
        meant.add("reset " + stream);
      }
      case 5 -> {
        out.writeBytes(bytes(SETTINGS, 0, 0, new byte[] {0, 4, -1, -1, -1, -1, 1, 0, 0, 0, 0, 5}));
        meant.addAll(List.of("setting 4 4294967295", "setting 256 5", "settings"));
      }
      case 6 -> {
        out.writeBytes(bytes(PING, 0, 0, new byte[] {0, 0, 0, 0, 0, 0, 2, 1}));
        meant.add("ping 513");
      }
      case 7 -> {
        out.writeBytes(bytes(WINDOW_UPDATE, 0, stream - 1, new byte[] {-128, 0, 1, 0}));
        meant.add("window " + (stream - 1) + " 256");
      }
      case 8 -> {
        out.writeBytes(bytes(GO_AWAY, 0, 0, new byte[] {0, 0, 0, 9, 0, 0, 0, 0, 33}));
        meant.add("goaway 9");
      }
      default -> { // of which nothing is heard
        out.writeBytes(bytes(PING, ACK, 0, new byte[8]));
        out.writeBytes(bytes(SETTINGS, ACK, 0, NONE));
        out.writeBytes(bytes(Http2FrameTypes.PRIORITY, 0, stream, new byte[5]));
        out.writeBytes(bytes(0x42, 0xff, stream, text));
      }
    }
  }

  static Stream<Arguments> wrongFrames() {
    byte[] pointer = {(byte) 0x83};
    byte[] number = {0, 0, 0, 1};
    return Stream.of(
        wrong("too long", FRAME_SIZE_ERROR, bytes(DATA, 0, 1, new byte[16_385])),
        wrong("DATA of no stream", PROTOCOL_ERROR, bytes(DATA, 0, 0, NONE)),
        wrong("HEADERS of no stream", PROTOCOL_ERROR, bytes(HEADERS, END_HEADERS, 0, pointer)),
        wrong("PRIORITY of no stream", PROTOCOL_ERROR, bytes(2, 0, 0, new byte[5])),
        wrong("RST_STREAM of no stream", PROTOCOL_ERROR, bytes(RST_STREAM, 0, 0, number)),
        wrong("SETTINGS of a stream", PROTOCOL_ERROR, bytes(SETTINGS, 0, 1, NONE)),
        wrong("PING of a stream", PROTOCOL_ERROR, bytes(PING, 0, 1, new byte[8])),
        wrong("GOAWAY of a stream", PROTOCOL_ERROR, bytes(GO_AWAY, 0, 1, new byte[8])),
        wrong("PUSH_PROMISE", PROTOCOL_ERROR, bytes(PUSH_PROMISE, END_HEADERS, 1, number)),
        wrong("short PRIORITY", FRAME_SIZE_ERROR, bytes(2, 0, 1, number)),
        wrong("long RST_STREAM", FRAME_SIZE_ERROR, bytes(RST_STREAM, 0, 1, new byte[5])),
        wrong("odd SETTINGS", FRAME_SIZE_ERROR, bytes(SETTINGS, 0, 0, new byte[7])),
        wrong(
            "SETTINGS ack that says something", FRAME_SIZE_ERROR, bytes(SETTINGS, ACK, 0, number)),
        wrong("short PING", FRAME_SIZE_ERROR, bytes(PING, 0, 0, new byte[7])),
        wrong("short PING ack", FRAME_SIZE_ERROR, bytes(PING, ACK, 0, new byte[7])),
        wrong("short WINDOW_UPDATE", FRAME_SIZE_ERROR, bytes(WINDOW_UPDATE, 0, 0, new byte[3])),
        wrong("WINDOW_UPDATE of 0", PROTOCOL_ERROR, bytes(WINDOW_UPDATE, 0, 0, new byte[4])),
        wrong("no length of padding", FRAME_SIZE_ERROR, bytes(DATA, PADDED, 1, NONE)),
        wrong("padding over the end", PROTOCOL_ERROR, bytes(DATA, PADDED, 1, new byte[] {2, 0})),
        wrong(
            "padding over the priority",
            PROTOCOL_ERROR,
            bytes(HEADERS, PADDED | PRIORITY | END_HEADERS, 1, new byte[] {2, 0, 0, 0, 0, 0, 9})),
        wrong("CONTINUATION of nothing", PROTOCOL_ERROR, bytes(CONTINUATION, 0, 1, pointer)),
        wrong(
            "CONTINUATION after the end",
            PROTOCOL_ERROR,
            bytes(HEADERS, END_HEADERS, 1, pointer),
            bytes(CONTINUATION, END_HEADERS, 1, pointer)),
        wrong(
            "CONTINUATION of another",
            PROTOCOL_ERROR,
            bytes(HEADERS, 0, 1, pointer),
            bytes(CONTINUATION, END_HEADERS, 3, pointer)),
        wrong(
            "PING amid fields",
            PROTOCOL_ERROR,
            bytes(HEADERS, 0, 1, pointer),
            bytes(PING, 0, 0, new byte[8])),
        wrong(
            "unknown frame amid fields",
            PROTOCOL_ERROR,
            bytes(HEADERS, 0, 1, pointer),
            bytes(0x42, 0, 1, pointer)),
        wrong(
            "empty CONTINUATION",
            ENHANCE_YOUR_CALM,
            bytes(HEADERS, 0, 1, pointer),
            bytes(CONTINUATION, 0, 1, NONE)),
        wrong(
            "CONTINUATION without end",
            ENHANCE_YOUR_CALM,
            Stream.concat(
                    Stream.of(bytes(HEADERS, 0, 1, new byte[16_384])),
                    Stream.generate(() -> bytes(CONTINUATION, 0, 1, new byte[16_384])).limit(4))
                .toArray(ByteBuf[]::new)));
  }

  private static Arguments wrong(String name, Http2Error error, ByteBuf... frames) {
    return Arguments.of(name, error, Unpooled.wrappedBuffer(frames));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongFrames")
  void wrongFramesAreRefused(String name, Http2Error error, ByteBuf frames) {
    refused(error, Unpooled.wrappedBuffer(begun(), frames));
  }

  @Example
  void theFirstFrameMustBeSettings() {
    refused(
        PROTOCOL_ERROR,
        Unpooled.wrappedBuffer(
            Http2CodecUtil.connectionPrefaceBuf(), bytes(PING, 0, 0, new byte[8])));
  }

  @Example
  void whoDoesNotBeginWithThePrefaceIsRefused() {
    var almost = Http2CodecUtil.connectionPrefaceBuf().copy().setByte(23, 'x');
    refused(PROTOCOL_ERROR, almost);
  }

  private static void refused(Http2Error error, ByteBuf bytes) {
    try (var reader = new FrameReader(new Words())) {
      assertThatThrownBy(() -> reader.read(UnpooledByteBufAllocator.DEFAULT, bytes))
          .isInstanceOfSatisfying(
              ConnectionError.class, e -> assertThat(e.error()).isEqualTo(error));
    }
    assertThat(bytes.refCnt()).isZero();
  }

  /** The preface and the first frame. */
  private static ByteBuf begun() {
    return Unpooled.buffer()
        .writeBytes(Http2CodecUtil.connectionPrefaceBuf())
        .writeBytes(bytes(SETTINGS, 0, 0, NONE));
  }

  private static byte[] padded(int padding, byte[] text) {
    return concat(concat(new byte[] {(byte) padding}, text), new byte[padding]);
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static String hex(byte[] bytes) {
    return ByteBufUtil.hexDump(bytes);
  }

  /** Writes down what is heard. */
  private static final class Words implements FrameReader.Sink {
    private final List<String> words = new ArrayList<>();

    @Override
    public void data(int stream, ByteBuf payload, int windowBytes, boolean last) {
      words.add(
          "data " + stream + " " + ByteBufUtil.hexDump(payload) + " " + windowBytes + " " + last);
    }

    @Override
    public void fields(int stream, ByteBuf block, boolean last) {
      words.add("fields " + stream + " " + ByteBufUtil.hexDump(block) + " " + last);
    }

    @Override
    public void reset(int stream) {
      words.add("reset " + stream);
    }

    @Override
    public void setting(int name, long value) {
      words.add("setting " + name + " " + value);
    }

    @Override
    public void settingsRead() {
      words.add("settings");
    }

    @Override
    public void ping(long content) {
      words.add("ping " + content);
    }

    @Override
    public void window(int stream, int more) {
      words.add("window " + stream + " " + more);
    }

    @Override
    public void goAway(int lastStream) {
      words.add("goaway " + lastStream);
    }
  }
}
