package dev.tiphys.apiserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins small writes until the next flush into buffers of one TLS record each. The TLS handler
 * behind it would else join heads and bodies of frames itself, by copying both anew for every
 * record. Large writes pass as they are. Belongs to its connection's event loop.
 */
final class RecordJoiner extends ChannelOutboundHandlerAdapter {

  /** What a TLS record holds (RFC 8446, 5.1), and what Netty encrypts at once. */
  static final int RECORD_BYTES = 16 * 1024;

  /** From so many bytes on, a record of its own costs less than a copy. */
  private static final int LARGE_BYTES = RECORD_BYTES / 2;

  /** Most of what is joined is the small answer of one request. */
  private static final int JOINED_BYTES_AT_FIRST = 1024;

  private @Nullable ByteBuf joined;
  private List<ChannelPromise> promises = new ArrayList<>();

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (!(message instanceof ByteBuf bytes)) {
      writeJoined(ctx);
      ctx.write(message, promise);
      return;
    }
    if (bytes.readableBytes() >= LARGE_BYTES) {
      writeJoined(ctx);
      ctx.write(bytes, promise);
      return;
    }
    try {
      if (!bytes.isReadable()) {
        // Nothing to wait for but what was written before.
        writeJoined(ctx);
        ctx.write(Unpooled.EMPTY_BUFFER, promise);
        return;
      }
      while (bytes.isReadable()) {
        ByteBuf into = joined;
        if (into == null) {
          into = ctx.alloc().heapBuffer(JOINED_BYTES_AT_FIRST, RECORD_BYTES);
          joined = into;
        }
        into.writeBytes(bytes, Math.min(into.maxWritableBytes(), bytes.readableBytes()));
        if (!bytes.isReadable()) {
          // The write is done when its last byte is.
          promises.add(promise);
        }
        if (into.maxWritableBytes() == 0) {
          writeJoined(ctx);
        }
      }
    } finally {
      bytes.release();
    }
  }

  private void writeJoined(ChannelHandlerContext ctx) {
    ByteBuf full = joined;
    if (full == null) {
      return;
    }
    List<ChannelPromise> done = promises;
    joined = null;
    promises = new ArrayList<>();
    ctx.write(full).addListener(written -> tell((ChannelFuture) written, done));
  }

  private static void tell(ChannelFuture written, List<ChannelPromise> promises) {
    for (ChannelPromise promise : promises) {
      if (written.isSuccess()) {
        promise.trySuccess();
      } else {
        promise.tryFailure(written.cause());
      }
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    writeJoined(ctx);
    ctx.flush();
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    writeJoined(ctx);
    ctx.close(promise);
  }

  @Override
  public void disconnect(ChannelHandlerContext ctx, ChannelPromise promise) {
    writeJoined(ctx);
    ctx.disconnect(promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    writeJoined(ctx);
  }
}
