package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;
import static io.netty.handler.codec.http2.Http2Flags.END_HEADERS;
import static io.netty.handler.codec.http2.Http2Flags.END_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.InternalMetadata;
import io.grpc.InternalStatus;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeTry;

/** What is written is what a decoder of Netty's reads, whatever came before. */
class AnswerFieldsTest {
  private AnswerFields fields = new AnswerFields();
  private DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true, 1 << 20);

  @BeforeTry
  void begin() {
    fields = new AnswerFields();
    decoder = new DefaultHttp2HeadersDecoder(true, 1 << 20);
  }

  @Property(tries = 500)
  void fieldsAreReadAsMeant(@ForAll long seed, @ForAll @IntRange(max = 30) int answers)
      throws Http2Exception {
    var random = new Random(seed);
    for (int i = 1; i <= answers; i++) {
      step(random, i);
    }
  }

  @Property(tries = 500)
  void aTableMayShrinkAndGrowAtAnyTime(
      @ForAll long seed,
      @ForAll @IntRange(max = 6) int before,
      @ForAll List<@IntRange(max = 9000) Integer> sizes)
      throws Http2Exception {
    var random = new Random(seed);
    for (int i = 1; i <= before; i++) {
      step(random, i);
    }
    for (int size : sizes) {
      fields.tableSize(size);
      decoder.configuration().maxHeaderTableSize(size);
      for (int i = random.nextInt(4); i > 0; i--) {
        step(random, i);
      }
    }
    step(random, 1);
  }

  @Example
  void anAnswerThatWentWellIsShortFromTheSecondOn() throws Http2Exception {
    var none = new Metadata();
    assertThat(fields.isShortBegin(none)).isFalse();
    begin(none, 1);
    end(Status.OK, none, 1);
    assertThat(fields.isShortBegin(none)).isTrue();
    begin(none, 3);
    var out = Unpooled.buffer();
    fields.end(out, 3, Status.OK, none);
    assertThat(out.readableBytes()).isEqualTo(FRAME_HEADER_LENGTH + 1);
    assertThat(fields.isShortBegin(metadata(new Random(1), 1))).isFalse();
  }

  @Example
  void anEndlessMessageIsCut() throws Http2Exception {
    only(200, Status.INTERNAL.withDescription("%".repeat(5 << 20)), new Metadata(), 1, true);
  }

  private void step(Random random, int stream) throws Http2Exception {
    var metadata = metadata(random, random.nextInt(3) == 0 ? random.nextInt(4) : 0);
    switch (random.nextInt(4)) {
      case 0 -> only(status(random), metadata, stream, random);
      case 1 -> end(status(random), metadata, stream);
      case 2 -> end(Status.OK, metadata, stream);
      default -> begin(metadata, stream);
    }
  }

  private void begin(Metadata metadata, int stream) throws Http2Exception {
    boolean isShort = fields.isShortBegin(metadata);
    var out = Unpooled.buffer();
    fields.begin(out, stream, metadata);
    if (isShort) {
      assertThat(out.readableBytes()).isEqualTo(AnswerFields.SHORT_BEGIN);
    }
    if (InternalMetadata.headerCount(metadata) == 0) {
      assertThat(out.readableBytes()).isLessThanOrEqualTo(AnswerFields.ROOM);
    }
    var wanted = new ArrayList<>(List.of(":status=200", "content-type=application/grpc"));
    add(wanted, metadata);
    assertThat(read(out, stream, END_HEADERS)).isEqualTo(wanted);
  }

  private void end(Status status, Metadata metadata, int stream) throws Http2Exception {
    var out = Unpooled.buffer();
    fields.end(out, stream, status, metadata);
    var wanted = new ArrayList<>(of(status));
    add(wanted, metadata);
    assertThat(read(out, stream, END_HEADERS | END_STREAM)).isEqualTo(wanted);
  }

  private void only(Status status, Metadata metadata, int stream, Random random)
      throws Http2Exception {
    int http = random.nextBoolean() ? 200 : 100 + random.nextInt(900);
    only(http, status, metadata, stream, false);
  }

  private void only(int http, Status status, Metadata metadata, int stream, boolean cut)
      throws Http2Exception {
    var out = Unpooled.buffer();
    fields.only(out, stream, http, status, metadata);
    if (cut) {
      assertThat(out.readableBytes()).isLessThan(Bounds.FRAME_BYTES);
      return;
    }
    var wanted = new ArrayList<>(List.of(":status=" + http, "content-type=application/grpc"));
    wanted.addAll(of(status));
    add(wanted, metadata);
    assertThat(read(out, stream, END_HEADERS | END_STREAM)).isEqualTo(wanted);
  }

  private static List<String> of(Status status) {
    var code = "grpc-status=" + status.getCode().value();
    var text = status.getDescription();
    return text == null || text.isEmpty() ? List.of(code) : List.of(code, "grpc-message=" + text);
  }

  private static void add(List<String> wanted, Metadata metadata) {
    byte[][] all = InternalMetadata.serialize(metadata);
    for (int i = 0; i < all.length; i += 2) {
      var name = new String(all[i], StandardCharsets.US_ASCII);
      wanted.add(
          name
              + "="
              + (name.endsWith("-bin")
                  ? Base64.getEncoder().withoutPadding().encodeToString(all[i + 1])
                  : new String(all[i + 1], StandardCharsets.US_ASCII)));
    }
  }

  /** The fields of a frame that must be whole; a message as gRPC's own client reads it. */
  private List<String> read(ByteBuf out, int stream, int flags) throws Http2Exception {
    assertThat(out.readUnsignedMedium()).isEqualTo(out.readableBytes() - 6);
    assertThat(out.readByte()).isEqualTo(Http2FrameTypes.HEADERS);
    assertThat(out.readByte()).isEqualTo((byte) flags);
    assertThat(out.readInt()).isEqualTo(stream);
    var read = new ArrayList<String>();
    for (var field : decoder.decodeHeaders(stream, out)) {
      var name = field.getKey().toString();
      var value = field.getValue().toString();
      read.add(name + "=" + (name.equals("grpc-message") ? message(value) : value));
    }
    return read;
  }

  private static String message(String encoded) {
    var metadata =
        InternalMetadata.newMetadata(
            "grpc-message".getBytes(StandardCharsets.US_ASCII),
            encoded.getBytes(StandardCharsets.US_ASCII));
    return String.valueOf(metadata.get(InternalStatus.MESSAGE_KEY));
  }

  private static Status status(Random random) {
    var status = Status.fromCodeValue(random.nextInt(17));
    return switch (status.isOk() ? 0 : random.nextInt(4)) {
      case 0 -> status;
      case 1 -> status.withDescription("");
      case 2 -> status.withDescription("100% größer als 5 €\n\t+ 🚢 " + random.nextInt());
      default -> status.withDescription("etcdserver: ".repeat(random.nextInt(30)) + "x");
    };
  }

  private static Metadata metadata(Random random, int count) {
    var metadata = new Metadata();
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(9)];
      random.nextBytes(bytes);
      if (random.nextBoolean()) {
        metadata.put(Metadata.Key.of("raw" + i + "-bin", Metadata.BINARY_BYTE_MARSHALLER), bytes);
      } else {
        metadata.put(
            Metadata.Key.of("text" + i, Metadata.ASCII_STRING_MARSHALLER),
            Base64.getEncoder().encodeToString(bytes));
      }
    }
    return metadata;
  }
}
