package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2Error.COMPRESSION_ERROR;

import io.grpc.InternalMetadata;
import io.grpc.InternalStatus;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;

/** Decodes the fields of one connection's answers, in their order. For its event loop. */
final class AnswerReader {
  private final DefaultHttp2HeadersDecoder decoder =
      new DefaultHttp2HeadersDecoder(true, Bounds.HEADER_BYTES);

  /**
   * Decodes a block.
   *
   * @throws ConnectionError when it cannot be: what follows could not be either
   */
  Http2Headers read(int stream, ByteBuf block) throws ConnectionError {
    try {
      return decoder.decodeHeaders(stream, block);
    } catch (Http2Exception e) {
      throw new ConnectionError(COMPRESSION_ERROR, String.valueOf(e.getMessage()));
    }
  }

  /** How the call ended, by its last fields. */
  static Status status(Http2Headers fields) {
    var http = fields.status();
    var metadata = metadata(fields);
    var status = metadata.get(InternalStatus.CODE_KEY);
    if (status != null) {
      var message = metadata.get(InternalStatus.MESSAGE_KEY);
      return message == null ? status : status.withDescription(message);
    }
    return http != null && !AsciiString.contentEquals(http, "200")
        ? Status.UNAVAILABLE.withDescription("answered HTTP " + http)
        : Status.INTERNAL.withDescription("the answer has no status");
  }

  /** All but HTTP's own, as they came: members send each other nothing that is binary here. */
  static Metadata metadata(Http2Headers fields) {
    var raw = new ArrayList<byte[]>();
    for (var field : fields) {
      if (!field.getKey().toString().startsWith(":")) {
        raw.add(AsciiString.of(field.getKey()).toByteArray());
        raw.add(AsciiString.of(field.getValue()).toByteArray());
      }
    }
    return InternalMetadata.newMetadata(raw.toArray(byte[][]::new));
  }
}
