package dev.tiphys.store.grpc;

import static io.grpc.Metadata.ASCII_STRING_MARSHALLER;
import static io.grpc.Metadata.BINARY_BYTE_MARSHALLER;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeTry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a call begins with is read right, however the client packs it. */
class HeadReaderTest {
  /** Static entries (RFC 7541, appendix A). */
  private static final int PATH = 4;

  private static final int TYPE = 31;

  private HeadReader reader = new HeadReader();
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();

  @BeforeTry
  void begin() {
    reader = new HeadReader();
  }

  /** What is remembered of the last block must be forgotten where the table has changed. */
  @Property(tries = 500)
  void headsAreReadAsTheyWereMeant(
      @ForAll long seed,
      @ForAll @IntRange(max = 4) int secrecy,
      @ForAll @IntRange(max = 40) int count)
      throws Exception {
    var random = new Random(seed);
    var writer =
        new DefaultHttp2HeadersEncoder(
            (name, value) -> secrecy > 0 && value.length() % 5 < secrecy, random.nextBoolean());
    for (int i = 0; i < count; i++) {
      if (random.nextInt(8) == 0) {
        writer
            .configuration()
            .maxHeaderTableSize(random.nextBoolean() ? 4096 : random.nextInt(300));
      }
      var head = RawClient.head("/s/" + random.nextInt(3));
      var wanted = new ArrayList<String>();
      for (int field = random.nextInt(3); field > 0; field--) {
        var value = "v".repeat(random.nextInt(random.nextInt(9) == 0 ? 3000 : 3));
        head.set("f" + field, value);
        wanted.add("f" + field + "=" + value);
      }
      if (random.nextInt(3) == 0) {
        head.set("grpc-timeout", random.nextInt(4) + "S");
      }
      for (int times = random.nextInt(3); times >= 0; times--) {
        var read = reader.read(1, block(writer, head));
        assertThat(read.path()).isEqualTo(String.valueOf(head.path()));
        assertThat(read.authority()).isEqualTo("me");
        assertThat(read.refusal()).isNull();
        assertThat(fields(read.metadata())).containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(seconds(read.timeout())).isEqualTo(String.valueOf(head.get("grpc-timeout")));
      }
    }
  }

  private static String seconds(@Nullable Duration timeout) {
    return timeout == null ? "null" : timeout.toSeconds() + "S";
  }

  private static List<String> fields(Metadata metadata) {
    byte[][] all = InternalMetadata.serialize(metadata);
    var fields = new ArrayList<String>();
    for (int i = 0; i < all.length; i += 2) {
      fields.add(
          new String(all[i], StandardCharsets.US_ASCII)
              + "="
              + new String(all[i + 1], StandardCharsets.US_ASCII));
    }
    return fields;
  }

  @Example
  void theSameFewBytesAreTheSameHead() throws Exception {
    var head = RawClient.head("/a/b");
    reader.read(1, block(encoder, head));
    var second = reader.read(3, block(encoder, head));
    assertThat(reader.read(5, block(encoder, head))).isSameAs(second);
  }

  /** Pointers count from the newest entry: after another one they mean something else. */
  @Example
  void theSameFewBytesMeanSomethingElseInAnotherTable() throws Exception {
    byte[] post = {(byte) 0x83}; // :method POST
    reader.read(1, entry(post, TYPE, "application/grpc"));
    reader.read(3, entry(post, PATH, "/first"));
    byte[] pointers = {(byte) 0x83, (byte) 0xbe, (byte) 0xbf}; // the newest, and the one before
    assertThat(reader.read(5, Unpooled.wrappedBuffer(pointers)).path()).isEqualTo("/first");
    assertThat(reader.read(7, Unpooled.wrappedBuffer(pointers)).path()).isEqualTo("/first");
    reader.read(9, entry(post, TYPE, "application/grpc"));
    reader.read(11, entry(post, PATH, "/second"));
    assertThat(reader.read(13, Unpooled.wrappedBuffer(pointers)).path()).isEqualTo("/second");
  }

  @Example
  void metadataIsReadInTextAndInBytes() throws Exception {
    var head =
        RawClient.head("/a/b")
            .set("token", "abc.1")
            .set("grpc-accept-encoding", "gzip")
            .set("te", "trailers")
            .set("odd_name", "x")
            .set("raw-bin", "AAEC,/w==, /w")
            .set("broken-bin", "!");
    var metadata = reader.read(1, block(encoder, head)).metadata();
    assertThat(metadata.keys()).containsExactlyInAnyOrder("token", "odd_name", "raw-bin");
    assertThat(metadata.get(Metadata.Key.of("token", ASCII_STRING_MARSHALLER))).isEqualTo("abc.1");
    assertThat(metadata.getAll(Metadata.Key.of("raw-bin", BINARY_BYTE_MARSHALLER)))
        .containsExactly(new byte[] {0, 1, 2}, new byte[] {-1}, new byte[] {-1});
  }

  @ParameterizedTest
  @CsvSource({
    "1H, PT1H",
    "2M, PT2M",
    "3S, PT3S",
    "4m, PT0.004S",
    "5u, PT0.000005S",
    "6n, PT0.000000006S",
    "99999999H, PT99999999H",
    "0S, PT0S",
    "00000010S, PT10S"
  })
  void timeoutsAreRead(String text, Duration wanted) {
    assertThat(HeadReader.timeout(text)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "S", "1", "1s", "1h", "-1S", "+1S", "1.5S", " 1S", "123456789S", "٣S"})
  void whatIsNoTimeoutIsNone(String text) {
    assertThat(HeadReader.timeout(text)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8"})
  void typesOfGrpcAreTaken(String type) throws Exception {
    var head = RawClient.head("/a/b").set("content-type", type);
    assertThat(reader.read(1, block(encoder, head)).refusal()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    ":method, GET, 405, INTERNAL",
    "content-type, application/json, 415, INVALID_ARGUMENT",
    "content-type, application/grpc-web, 415, INVALID_ARGUMENT",
    "grpc-timeout, soon, 400, INTERNAL"
  })
  void whatIsNoCallIsRefused(String name, String value, int http, Status.Code code)
      throws Exception {
    var head = RawClient.head("/a/b").set(name, value);
    var refusal = requireNonNull(reader.read(1, block(encoder, head)).refusal());
    assertThat(refusal.httpStatus()).isEqualTo(http);
    assertThat(refusal.status().getCode()).isEqualTo(code);
  }

  /** The table holds what was in them all the same. */
  @Example
  void tooManyFieldsAreRefusedAndTheNextOnesRead() throws Exception {
    var small = RawClient.head("/a/b").set("own", "1");
    var large = RawClient.head("/a/b").set("own", "1");
    for (int i = 0; i < 7; i++) {
      large.add("large" + i, "x".repeat(10_000));
    }
    var refusal = requireNonNull(reader.read(1, block(encoder, large)).refusal());
    assertThat(refusal.httpStatus()).isEqualTo(431);
    assertThat(reader.read(3, block(encoder, small)).refusal()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {0x80, 0xff, 0xbe, 0x40, 0x3f})
  void whatCannotBeDecodedEndsTheConnection(int first) {
    assertThatThrownBy(() -> reader.read(1, Unpooled.buffer().writeByte(first)))
        .isInstanceOfSatisfying(
            ConnectionError.class,
            e -> assertThat(e.error()).isEqualTo(Http2Error.COMPRESSION_ERROR));
  }

  private static ByteBuf block(Http2HeadersEncoder encoder, Http2Headers fields)
      throws Http2Exception {
    var block = Unpooled.buffer();
    encoder.encodeHeaders(1, fields, block);
    return block;
  }

  /** A field with the name of a static entry, put into the table. */
  private static ByteBuf entry(byte[] before, int name, String value) {
    return Unpooled.buffer()
        .writeBytes(before)
        .writeByte(0x40 | name)
        .writeByte(value.length())
        .writeBytes(value.getBytes(StandardCharsets.US_ASCII));
  }
}
