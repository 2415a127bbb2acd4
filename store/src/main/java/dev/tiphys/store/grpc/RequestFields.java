package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2Flags.END_HEADERS;

import io.grpc.Metadata;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2FrameTypes;

/**
 * Writes what calls begin with. All of it is spelled out: members call each other on a stream that
 * stays, and seldom otherwise.
 *
 * @param authority whom one means to speak to
 * @param tls whether the connection is encrypted
 */
record RequestFields(String authority, boolean tls) {
  void begin(ByteBuf out, int stream, String path, Metadata metadata) {
    int start = out.writerIndex();
    out.writeMedium(0).writeByte(Http2FrameTypes.HEADERS).writeByte(END_HEADERS).writeInt(stream);
    int fields = out.writerIndex();
    Hpack.spellOut(out, ":method", "POST");
    Hpack.spellOut(out, ":scheme", tls ? "https" : "http");
    Hpack.spellOut(out, ":path", path);
    Hpack.spellOut(out, ":authority", authority);
    Hpack.spellOut(out, "te", "trailers");
    Hpack.spellOut(out, "content-type", "application/grpc");
    Hpack.spellOut(out, metadata);
    out.setMedium(start, out.writerIndex() - fields);
  }
}
