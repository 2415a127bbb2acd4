package dev.tiphys.apiserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DecoratingHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2FrameWriter;

/**
 * Divides large DATA into frames that fill one TLS record each, head and all, in one buffer each:
 * nothing has to be put together or cut apart any more on the way to the cipher. Belongs to its
 * connection's event loop.
 */
final class RecordSizedFrames extends DecoratingHttp2FrameWriter {

  private static final int HEAD_BYTES = 9;

  /** What a frame carries that fills a record; no peer may refuse frames of that size. */
  static final int PAYLOAD_BYTES = RecordJoiner.RECORD_BYTES - HEAD_BYTES;

  RecordSizedFrames(Http2FrameWriter frames) {
    super(frames);
  }

  @Override
  public ChannelFuture writeData(
      ChannelHandlerContext ctx,
      int streamId,
      ByteBuf data,
      int padding,
      boolean endStream,
      ChannelPromise promise) {
    if (padding > 0) {
      return super.writeData(ctx, streamId, data, padding, endStream, promise);
    }
    while (data.readableBytes() > PAYLOAD_BYTES) {
      ctx.write(record(ctx, streamId, data), ctx.voidPromise());
    }
    if (data.readableBytes() == PAYLOAD_BYTES && !endStream) {
      ByteBuf last = record(ctx, streamId, data);
      data.release();
      return ctx.write(last, promise);
    }
    return super.writeData(ctx, streamId, data, 0, endStream, promise);
  }

  private static ByteBuf record(ChannelHandlerContext ctx, int streamId, ByteBuf data) {
    return ctx.alloc()
        .heapBuffer(RecordJoiner.RECORD_BYTES, RecordJoiner.RECORD_BYTES)
        .writeMedium(PAYLOAD_BYTES)
        .writeByte(Http2FrameTypes.DATA)
        .writeByte(0)
        .writeInt(streamId)
        .writeBytes(data, PAYLOAD_BYTES);
  }
}
