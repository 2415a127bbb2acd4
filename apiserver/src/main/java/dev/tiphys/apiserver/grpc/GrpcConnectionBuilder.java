package dev.tiphys.apiserver.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/** Netty's way to make a connection handler of one's own. */
final class GrpcConnectionBuilder
    extends AbstractHttp2ConnectionHandlerBuilder<GrpcConnection, GrpcConnectionBuilder> {

  private final Frames frames = new Frames();
  private final GrpcConnection.Owner owner;
  private final String scheme;
  private final String authority;

  GrpcConnectionBuilder(GrpcConnection.Owner owner, String scheme, String authority) {
    this.owner = owner;
    this.scheme = scheme;
    this.authority = authority;
    server(false);
    validateHeaders(false);
    initialSettings(
        Http2Settings.defaultSettings()
            .pushEnabled(false)
            .initialWindowSize(Limits.STREAM_WINDOW_BYTES)
            .maxHeaderListSize(Limits.HEADER_BYTES));
    frameListener(frames);
  }

  @Override
  public GrpcConnection build() {
    return super.build();
  }

  @Override
  protected GrpcConnection build(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
    GrpcConnection made = new GrpcConnection(decoder, encoder, settings, owner, scheme, authority);
    frames.serve(made);
    return made;
  }

  /** Passes frames on to the connection. */
  private static final class Frames extends Http2FrameAdapter {

    private @Nullable GrpcConnection connection;

    void serve(GrpcConnection served) {
      connection = served;
    }

    private GrpcConnection connection() {
      if (connection == null) {
        throw new IllegalStateException("frames before the connection");
      }
      return connection;
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
      connection().settled();
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean last) {
      return connection().data(streamId, data) + padding;
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int streamId, Http2Headers fields, int padding, boolean last) {
      connection().fields(streamId, fields, last);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers fields,
        int streamDependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean last) {
      connection().fields(streamId, fields, last);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
      connection().refused(streamId, errorCode);
    }
  }
}
