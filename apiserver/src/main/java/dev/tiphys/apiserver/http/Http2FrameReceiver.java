package dev.tiphys.apiserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** Passes the frames of a connection on to the streams that they belong to. */
final class Http2FrameReceiver extends Http2EventAdapter {

  private final Http2Connection protocol;
  private final PropertyKey key;
  private @Nullable Http2Session connection;

  Http2FrameReceiver(Http2Connection protocol) {
    this.protocol = protocol;
    this.key = protocol.newKey();
    protocol.addListener(this);
  }

  /** Says whose frames these are; before any comes. */
  void serve(Http2Session served) {
    this.connection = served;
  }

  /** Under which our stream is found in the protocol's. */
  PropertyKey key() {
    return key;
  }

  private @Nullable Http2RequestStream stream(int streamId) {
    Http2Stream found = protocol.stream(streamId);
    return found == null ? null : found.getProperty(key);
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
    if (connection != null) {
      connection.greeted();
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end)
      throws Http2Exception {
    Http2RequestStream known = stream(streamId);
    if (known != null) {
      // Trailers: nobody reads them.
      if (end) {
        known.endBody();
      }
    } else if (connection != null) {
      connection.begin(streamId, headers, end);
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int streamDependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end)
      throws Http2Exception {
    onHeadersRead(ctx, streamId, headers, padding, end);
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end) {
    Http2RequestStream stream = stream(streamId);
    int length = data.readableBytes();
    if (stream == null) {
      return length + padding;
    }
    // What the handler takes later is given back then; what it will never take, now.
    int given = stream.addBody(length == 0 ? new byte[0] : ByteBufUtil.getBytes(data));
    if (end) {
      stream.endBody();
    }
    return given + padding;
  }

  @Override
  public void onStreamClosed(Http2Stream closed) {
    Http2RequestStream stream = closed.getProperty(key);
    if (stream != null) {
      stream.closed();
    }
  }
}
