package dev.tiphys.apiserver.http;

import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Settings;
import java.security.cert.X509Certificate;
import java.util.List;

/** Netty's way to make a connection handler of one's own. */
final class Http2SessionBuilder
    extends AbstractHttp2ConnectionHandlerBuilder<Http2Session, Http2SessionBuilder> {

  private final Http2FrameReceiver receiver;
  private final Handlers handlers;
  private final Patience patience;
  private final List<X509Certificate> peerCertificates;

  Http2SessionBuilder(
      Http2Connection protocol,
      Http2Settings settings,
      Handlers handlers,
      Patience patience,
      List<X509Certificate> peerCertificates) {
    this.receiver = new Http2FrameReceiver(protocol);
    this.handlers = handlers;
    this.patience = patience;
    this.peerCertificates = peerCertificates;
    decoderEnforceMaxRstFramesPerWindow(
        Limits.HTTP2_RESETS, (int) Limits.HTTP2_RESET_WINDOW.toSeconds());
    // Netty's own parts, but for the writer of frames.
    Http2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(
            protocol, new RecordSizedFrames(new DefaultHttp2FrameWriter()));
    Http2FrameReader reader =
        new DefaultHttp2FrameReader(new DefaultHttp2HeadersDecoder(true, Limits.HEADER_BYTES));
    codec(new DefaultHttp2ConnectionDecoder(protocol, encoder, reader), encoder);
    initialSettings(settings);
    frameListener(receiver);
  }

  @Override
  public Http2Session build() {
    return super.build();
  }

  @Override
  protected Http2Session build(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
    return new Http2Session(
        decoder, encoder, settings, receiver, handlers, patience, peerCertificates);
  }
}
