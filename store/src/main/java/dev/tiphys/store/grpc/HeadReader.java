package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2Error.COMPRESSION_ERROR;

import com.google.common.base.Splitter;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes the fields of one connection's calls, in the order in which they came: HPACK's table
 * grows with each. A client that says the same as last time says it in the same few bytes, and what
 * they mean is remembered. For the connection's event loop.
 */
final class HeadReader {
  /** A block that only points into the table begins each field with this bit (RFC 7541, 6.1). */
  private static final int INDEXED = 0x80;

  /** The number behind that bit goes on in further bytes (RFC 7541, 5.1). */
  private static final int MORE = 0x7f;

  private static final int REMEMBERED_BYTES = 64;

  private static final Map<Character, ChronoUnit> UNITS =
      Map.of(
          'H', ChronoUnit.HOURS,
          'M', ChronoUnit.MINUTES,
          'S', ChronoUnit.SECONDS,
          'm', ChronoUnit.MILLIS,
          'u', ChronoUnit.MICROS,
          'n', ChronoUnit.NANOS);
  private static final int TIMEOUT_DIGITS = 8;

  private static final Logger log = LoggerFactory.getLogger(HeadReader.class);

  private final DefaultHttp2HeadersDecoder decoder =
      new DefaultHttp2HeadersDecoder(true, Bounds.HEADER_BYTES);
  private byte[] lastBlock = new byte[0];
  private @Nullable Head last;

  /**
   * Decodes a block.
   *
   * @throws ConnectionError when it cannot be: what follows could not be either
   */
  Head read(int stream, ByteBuf block) throws ConnectionError {
    if (last != null && same(block)) {
      return last;
    }
    boolean pure = block.readableBytes() <= REMEMBERED_BYTES && onlyPointers(block);
    byte[] bytes = new byte[pure ? block.readableBytes() : 0];
    block.getBytes(block.readerIndex(), bytes);
    Head head;
    try {
      head = head(decoder.decodeHeaders(stream, block));
    } catch (Http2Exception.HeaderListSizeException e) {
      head = refused("", 431, Status.RESOURCE_EXHAUSTED.withDescription("too long header fields"));
    } catch (Http2Exception e) {
      throw new ConnectionError(COMPRESSION_ERROR, String.valueOf(e.getMessage()));
    }
    // Any other block may have changed what the pointers point to.
    last = pure ? head : null;
    lastBlock = bytes;
    return head;
  }

  private boolean same(ByteBuf block) {
    int length = block.readableBytes();
    if (length != lastBlock.length) {
      return false;
    }
    for (int i = 0, at = block.readerIndex(); i < length; i++, at++) {
      if (block.getByte(at) != lastBlock[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean onlyPointers(ByteBuf block) {
    for (int at = block.readerIndex(); at < block.writerIndex(); at++) {
      int first = block.getUnsignedByte(at);
      if ((first & INDEXED) == 0) {
        return false;
      }
      if ((first & MORE) == MORE) {
        while (++at < block.writerIndex() && (block.getByte(at) & INDEXED) != 0) {
          // the number goes on
        }
      }
    }
    return true;
  }

  private static Head head(Http2Headers fields) {
    var path = fields.path() == null ? "" : fields.path().toString();
    var method = fields.method();
    var type = fields.get("content-type");
    if (method == null || !AsciiString.contentEquals(method, "POST")) {
      return refused(
          path, 405, Status.INTERNAL.withDescription("Method '" + method + "' is not supported"));
    }
    if (type == null || !isGrpc(type)) {
      return refused(
          path,
          415,
          Status.INVALID_ARGUMENT.withDescription(
              "invalid gRPC request content-type \"" + (type == null ? "" : type) + "\""));
    }
    var timeout = fields.get("grpc-timeout");
    Duration waits = null;
    if (timeout != null) {
      waits = timeout(timeout);
      if (waits == null) {
        return refused(
            path, 400, Status.INTERNAL.withDescription("malformed grpc-timeout: " + timeout));
      }
    }
    var encoding = fields.get("grpc-encoding");
    return new Head(
        path,
        fields.authority() == null ? "" : fields.authority().toString(),
        waits,
        encoding == null ? Head.IDENTITY : encoding.toString(),
        metadata(fields),
        null);
  }

  private static Head refused(String path, int httpStatus, Status status) {
    return new Head(
        path, "", null, Head.IDENTITY, new Metadata(), new Head.Refusal(httpStatus, status));
  }

  private static boolean isGrpc(CharSequence type) {
    var text = type.toString();
    return text.equals("application/grpc")
        || text.startsWith("application/grpc+")
        || text.startsWith("application/grpc;");
  }

  /** At most eight digits and a unit; null when it is something else. */
  static @Nullable Duration timeout(CharSequence text) {
    int digits = text.length() - 1;
    var unit = digits < 1 ? null : UNITS.get(text.charAt(digits));
    if (unit == null || digits > TIMEOUT_DIGITS) {
      return null;
    }
    long amount = 0;
    for (int i = 0; i < digits; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return null;
      }
      amount = amount * 10 + digit;
    }
    return Duration.of(amount, unit);
  }

  private static Metadata metadata(Http2Headers fields) {
    var metadata = new Metadata();
    for (var field : fields) {
      var name = field.getKey().toString();
      if (!name.startsWith(":") && !name.startsWith("grpc-") && !isTransports(name)) {
        try {
          add(metadata, name, field.getValue().toString());
        } catch (IllegalArgumentException e) {
          // HTTP lets fields be named and written in ways that gRPC does not: none that is read
          // here.
          log.debug("field ignored name={} reason={}", name, e.getMessage());
        }
      }
    }
    return metadata;
  }

  private static boolean isTransports(String name) {
    return name.equals("te") || name.equals("content-type") || name.equals("content-length");
  }

  private static void add(Metadata metadata, String name, String value) {
    if (!name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
      metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
      return;
    }
    // Several values may stand in one field, with commas between them.
    var key = Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
    for (var part : Splitter.on(',').trimResults().split(value)) {
      metadata.put(key, Base64.getDecoder().decode(part));
    }
  }
}
